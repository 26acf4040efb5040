sluis_frequency <- function(by, name = NULL, sensitive = NULL, margins = TRUE, ...) {
  output("frequency", name, by, list(by = by, sensitive = sensitive, margins = margins_of(margins), ...))
}

sluis_magnitude <- function(by, response, name = NULL, statistics = "sum", sensitive = NULL, margins = TRUE, ...) {
  output("magnitude", name, by, list(
    by = by, response = response, statistics = statistics, sensitive = sensitive, margins = margins_of(margins), ...
  ))
}

sluis_microdata <- function(keys, name = NULL, sensitive = NULL, ...) {
  output("microdata", name, keys, list(keys = keys, sensitive = sensitive, ...))
}

# Fields of an output that are one text; all others are lists.
single <- c("name", "title", "kind", "response", "margins", "parameters")

output <- function(kind, name, over, fields) {
  if (is.null(name)) name <- if (length(over)) paste(over, collapse = "_") else kind
  fields <- fields[!vapply(fields, function(x) length(x) == 0, NA)]
  for (f in setdiff(names(fields), single)) {
    if (is.character(fields[[f]]) && is.null(names(fields[[f]]))) fields[[f]] <- as.list(fields[[f]])
  }
  structure(c(list(name = name, kind = kind), fields), class = "sluis_output")
}

margins_of <- function(margins) {
  if (isTRUE(margins)) return("all")
  if (isFALSE(margins)) return("none")
  lapply(margins, as.list)
}

# outputs_of returns a list of outputs, of one output, a list of them, or a formula:
# ~ region + sex counts, and income ~ region + sex adds up.
outputs_of <- function(outputs, sensitive = NULL) {
  if (inherits(outputs, "formula")) {
    by <- attr(stats::terms(outputs), "term.labels")
    if (any(grepl("[:^(]", by))) fail("sluis_usage_error", "a formula has names of columns with + between them")
    by <- gsub("^`|`$", "", by)
    if (length(outputs) == 2) return(list(sluis_frequency(by, sensitive = sensitive)))
    if (!is.name(outputs[[2]])) fail("sluis_usage_error", "the left side of a formula is the name of a column")
    return(list(sluis_magnitude(by, as.character(outputs[[2]]), sensitive = sensitive)))
  }
  if (inherits(outputs, "sluis_output")) return(list(outputs))
  if (!is.list(outputs) || !length(outputs) || !all(vapply(outputs, inherits, NA, "sluis_output"))) {
    fail("sluis_usage_error", "outputs are a formula, or are made by sluis_frequency, sluis_magnitude and sluis_microdata")
  }
  outputs
}

columns_of <- function(o) unlist(c(o$by, o$keys, o$sensitive, o$response, o$amounts))

# write_spec writes the rows and the spec of a call to dir.
write_spec <- function(frame, outputs, roles, missing, dir) {
  columns <- unique(c(unlist(roles), unlist(lapply(outputs, columns_of))))
  rows <- file.path(dir, "rows.csv")
  types <- write_rows(frame, columns, rows)
  data <- c(list(source = "rows.csv"), roles, list(csv = list(delimiter = ",", types = types)))
  if (length(missing)) {
    data$missing <- if (is.null(names(missing))) list(default = missing) else as.list(missing)
  }
  spec <- list(version = 1, data = data, outputs = lapply(unname(outputs), unclass))
  file <- file.path(dir, "spec.yaml")
  # JSON is YAML, with every text in quotes.
  con <- file(file, "wb")
  on.exit(close(con))
  writeLines(enc2utf8(jsonlite::toJSON(spec, auto_unbox = TRUE, null = "null", digits = NA)), con, useBytes = TRUE)
  file
}

roles_of <- function(respondent, holding, weight) {
  roles <- list(respondent = respondent, holding = holding, weight = weight)
  roles[!vapply(roles, is.null, NA)]
}

# same_rows stops unless the command has read all rows of a data frame.
same_rows <- function(report, frame) {
  rows <- report$data$rows
  if (is.null(rows) || rows != nrow(frame)) {
    fail("sluis_error", "the command has not read all rows of the data frame: there is no verdict")
  }
}
