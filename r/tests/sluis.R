# Plain tests, which need no other package. They are skipped where the command is not there.
library(sluis)
here <- nzchar(Sys.getenv("SLUIS_BINARY")) || nzchar(Sys.which("sluis"))
if (!here) {
  message("the command sluis is not there: not tested")
  quit("no")
}

# error_of returns the error of a call.
error_of <- function(expr) tryCatch({ expr; NULL }, error = function(e) e)
same <- function(a, b, what) if (!identical(a, b)) stop(what, ": ", paste(format(a), collapse = " "), " is not ", paste(format(b), collapse = " "))

people <- data.frame(
  person = 1:120,
  region = factor(rep(c("North", "South", "East"), 40)),
  state = c(rep("good", 116), "poor", "poor", "good", "good"),
  income = c(rep(c(1000, 2000, 3000.25, 1500), 29), 10, 20, 30, 1e15 / 3),
  code = rep(c("01", "1", "a,\"b\nc"), 40),
  stringsAsFactors = FALSE
)

# A table of counts, and the same by a formula: the cells are those of R.
r <- sluis_check(people, sluis_frequency(c("region", "state"), sensitive = "state"), respondent = "person")
f <- sluis_check(people, ~ region + state, respondent = "person", sensitive = "state")
same(r$verdict, "unsafe", "verdict")
same(r$findings, f$findings, "a formula")
stopifnot(nrow(r$findings) > 0, r$json$data$rows == 120, any(grepl("UNSAFE", r$text)), grepl("<html", r$html))
count <- function(d, ...) {
  want <- list(...)
  rows <- Reduce(`&`, Map(function(n, v) d[[n]] == v, names(want), want))
  d$respondents[rows]
}
ours <- as.data.frame(table(people$region, people$state), stringsAsFactors = FALSE)
for (i in seq_len(nrow(ours))) {
  got <- count(r$cells, region = ours$Var1[i], state = ours$Var2[i])
  same(if (length(got)) got else 0, as.numeric(ours$Freq[i]), "a cell")
}

# Codes stay as they are: 01 and 1 are two, also with a comma, a quote and a line end.
r <- sluis_check(people, ~ code, respondent = "person")
same(sort(setdiff(r$cells$code, "*")), sort(unique(people$code)), "codes")

# Sums are exact to the last digit of a double.
r <- sluis_check(people[1:116, ], income ~ region, respondent = "person")
same(r$cells$sum[r$cells$region == "*"], sum(people$income[1:116]), "sum")
one <- data.frame(id = 1:12, k = "a", x = c(0.1, 1e15 / 3, 2^52 + 0.5, -0.25, 1e-7, 123456.789, 0, 3:7 / 3))
r <- sluis_check(one, x ~ k, respondent = "id")
stopifnot(abs(r$cells$sum[1] - sum(one$x)) <= 1)

# Types of R.
odd <- data.frame(id = as.numeric(1:24), d = as.Date("2026-01-01") + rep(0:1, 12), l = rep(c(TRUE, FALSE), 12), i = rep(1:2, 12))
r <- sluis_check(odd, list(sluis_frequency(c("d", "l"), name = "a"), sluis_magnitude("l", "i", name = "b", statistics = "mean")), respondent = "id")
same(sort(unique(r$cells$d[r$cells$output == "a"])), c("*", "2026-01-01", "2026-01-02"), "dates")
same(sort(unique(r$cells$l[r$cells$output == "a"])), c("*", "false", "true"), "truth values")

# Missing values: refused unless declared.
gap <- people
gap$state[3] <- NA
e <- error_of(sluis_check(gap, ~ region + state, respondent = "person"))
stopifnot(inherits(e, "sluis_error"), grepl("state", conditionMessage(e)))
same(sluis_check(gap, ~ state, respondent = "person", missing = "exclude")$json$outputs[[1]]$excludedRows, 1L, "rows left out")

# Errors name columns, and no value.
for (bad in list(
  quote(sluis_check(people, ~ regio)),
  quote(sluis_check(people, ~ region * state)),
  quote(sluis_check(people[0, ], ~ region)),
  quote(sluis_check(people, "region")),
  quote(sluis_check(transform(people, state = ""), ~ state)),
  quote(sluis_check(transform(people, income = NaN), income ~ region)),
  quote(sluis_check(transform(people, income = Inf), income ~ region)),
  quote(sluis_check(as.list(people), ~ region)),
  quote(sluis_check(people, ~ region, policy = "none")),
  quote(sluis_risk(people, "region", no_such_flag = 1))
)) {
  e <- error_of(eval(bad))
  if (!inherits(e, "sluis_error")) stop(deparse(bad), ": ", format(conditionMessage(e)))
  stopifnot(!grepl("1000|North", conditionMessage(e)))
}

# Protected tables: hidden values are NA, and the totals of R.
dir <- tempfile("tables-")
p <- sluis_protect(people, ~ region + state, out = dir, respondent = "person", sensitive = "state")
same(p$verdict, "review", "without a secret")
t <- p$tables[[1]]
stopifnot(anyNA(t$value), t$value[t$region == "*" & t$state == "*"] == 120)
same(sluis_verify(dir), "review", "verify")
e <- error_of(sluis_protect(people, ~ region + state, out = dir, respondent = "person"))
stopifnot(inherits(e, "sluis_error"))
file <- list.files(file.path(dir, "release"), "\\.release\\.csv$", full.names = TRUE)
writeLines(sub("40", "41", readLines(file)), file)
stopifnot(inherits(error_of(sluis_verify(dir)), "sluis_error"))

x <- sluis_crosstab(~ region + state, people, respondent = "person")
same(attr(x, "verdict"), "review", "two calls are two releases")
stopifnot(anyNA(x), x["*", "*"] == 120, identical(dim(x), c(4L, 3L)))

# Microdata.
k <- sluis_risk(people, c("region", "state"), k = 3)
stopifnot(k$verdict %in% c("safe", "unsafe", "review"), is.null(k$findings), length(k$json) > 0)

# Nothing is left behind.
stopifnot(!length(list.files(tempdir(), "^sluis-")))
cat("all tests of the R package passed\n")
