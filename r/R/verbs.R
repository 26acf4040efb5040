sluis_check <- function(frame, outputs, respondent = NULL, holding = NULL, weight = NULL, missing = NULL,
                        sensitive = NULL, policy = "cbs", lang = "en") {
  outputs <- outputs_of(outputs, sensitive)
  dir <- private()
  on.exit(unlink(dir, recursive = TRUE))
  spec <- write_spec(frame, outputs, roles_of(respondent, holding, weight), missing, dir)
  at <- function(name) file.path(dir, name)
  status <- run(c(
    "check", spec, "--policy", policy, "--json", at("report.json"), "--cells", at("cells.csv"),
    "--html", at("report.html"), "--lang", lang
  ), dir)
  report <- json(at("report.json"))
  same_rows(report, frame)
  found <- do.call(rbind, lapply(report$outputs, function(o) {
    do.call(rbind, lapply(o$findings, function(f) {
      data.frame(
        output = o$name, rule = f$rule, verdict = f$verdict, cell = as.character(jsonlite::toJSON(f$cell, auto_unbox = TRUE, null = "null")),
        message = f$message, stringsAsFactors = FALSE
      )
    }))
  }))
  if (is.null(found)) {
    found <- data.frame(output = character(), rule = character(), verdict = character(), cell = character(), message = character())
  }
  structure(class = "sluis_report", list(
    verdict = unname(verdicts[as.character(status)]), findings = found,
    cells = cells(at("cells.csv"), c("records", "respondents", "contributors", "holdings", "sum", "top1", "top2")),
    text = text(at("stdout")), html = text(at("report.html")), json = report
  ))
}

sluis_protect <- function(frame, outputs, out = NULL, replace = FALSE, respondent = NULL, holding = NULL, weight = NULL,
                          missing = NULL, sensitive = NULL, policy = "cbs", count = "respondents", digits = NULL,
                          secret = NULL, lang = "en") {
  outputs <- outputs_of(outputs, sensitive)
  dir <- private()
  on.exit(unlink(dir, recursive = TRUE))
  spec <- write_spec(frame, outputs, roles_of(respondent, holding, weight), missing, dir)
  to <- if (is.null(out)) file.path(dir, "tables") else path.expand(out)
  line <- c("protect", spec, "--policy", policy, "--out", to, "--count", count, "--html", file.path(dir, "page.html"), "--lang", lang)
  if (replace) line <- c(line, "--replace")
  if (!is.null(digits)) line <- c(line, "--digits", digits)
  if (!is.null(secret)) line <- c(line, "--secret", path.expand(secret))
  status <- run(line, dir)
  release <- file.path(to, "release")
  files <- list.files(release, "\\.release\\.csv$", full.names = TRUE)
  tables <- lapply(files, cells, numbers = "value")
  names(tables) <- sub("\\.release\\.csv$", "", basename(files))
  structure(class = "sluis_release", list(
    verdict = unname(verdicts[as.character(status)]), tables = tables, text = text(file.path(dir, "stdout")),
    html = text(file.path(dir, "page.html")), manifest = json(file.path(release, "manifest.json")),
    folder = if (is.null(out)) NULL else to
  ))
}

sluis_crosstab <- function(formula, frame, respondent = NULL, holding = NULL, missing = "exclude", policy = "cbs",
                           secret = NULL, ...) {
  if (!inherits(formula, "formula")) fail("sluis_usage_error", "the table is a formula, such as ~ region + sex")
  outputs <- outputs_of(formula)
  release <- sluis_protect(
    frame, outputs,
    respondent = respondent, holding = holding, missing = missing, policy = policy, secret = secret,
    count = if (length(formula) == 2) "records" else "respondents", ...
  )
  t <- release$tables[[1]]
  by <- unlist(outputs[[1]]$by)
  codes <- lapply(t[by], function(x) c(setdiff(sort(unique(x), method = "radix"), "*"), "*"))
  table <- array(NA_real_, unname(lengths(codes)), codes)
  table[do.call(cbind, Map(match, t[by], codes))] <- t$value
  # Two calls are two releases, and nobody has compared them.
  structure(table, verdict = "review", release = release)
}

sluis_risk <- function(frame, keys, k = NULL, sensitive = NULL, respondent = NULL, household = NULL, weight = NULL,
                       missing = "refuse", lang = "en", ...) {
  for (name in c(keys, sensitive)) {
    if (grepl("[,\"]", name)) fail("sluis_usage_error", sprintf("column %s: a comma or a quote in the name: rename it", dQuote(name, FALSE)))
  }
  dir <- private()
  on.exit(unlink(dir, recursive = TRUE))
  at <- function(name) file.path(dir, name)
  types <- write_rows(frame, unique(c(keys, sensitive, respondent, household, weight)), at("rows.csv"))
  line <- c("risk", at("rows.csv"), "--delimiter", ",", "--keys", paste(keys, collapse = ","), "--missing", missing, "--lang", lang)
  for (name in names(types)) line <- c(line, "--type", paste0(name, "=", types[[name]]))
  if (!is.null(sensitive)) line <- c(line, "--sensitive", paste(sensitive, collapse = ","))
  for (role in c("respondent", "household", "weight")) {
    column <- get(role)
    if (!is.null(column)) line <- c(line, paste0("--", role), column)
  }
  # k is an argument of its own: R would take it for the beginning of keys.
  further <- c(if (!is.null(k)) list(k = k), list(...))
  for (name in names(further)) {
    value <- further[[name]]
    line <- c(line, paste0("--", gsub("_", "-", name, fixed = TRUE), "=", if (is.logical(value)) tolower(value) else value))
  }
  status <- run(c(line, "--json", at("risk.json"), "--html", at("risk.html")), dir)
  report <- json(at("risk.json"))
  structure(class = "sluis_report", list(
    verdict = unname(verdicts[as.character(status)]), text = text(at("stdout")), html = text(at("risk.html")), json = report
  ))
}

sluis_verify <- function(folder) {
  dir <- private()
  on.exit(unlink(dir, recursive = TRUE))
  status <- run(c("verify", path.expand(folder)), dir)
  if (status == 3L) fail("sluis_error", text(file.path(dir, "stdout")))
  unname(verdicts[as.character(status)])
}

print.sluis_report <- function(x, ...) {
  cat(x$text, "\n", sep = "")
  invisible(x)
}

print.sluis_release <- function(x, ...) {
  cat("verdict: ", x$verdict, "\n", sep = "")
  for (name in names(x$tables)) cat("table ", name, ": ", nrow(x$tables[[name]]), " cells\n", sep = "")
  invisible(x)
}
