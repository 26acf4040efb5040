# write_rows writes the columns of a data frame to a CSV file, with types that the command reads
# exactly, and returns these types. Errors name columns, and no value.
write_rows <- function(frame, columns, file) {
  if (!is.data.frame(frame)) fail("sluis_usage_error", "the data are no data frame")
  if (anyDuplicated(names(frame)[names(frame) %in% columns])) {
    fail("sluis_usage_error", "two columns of the data frame have one name: rename one")
  }
  missing <- setdiff(columns, names(frame))
  if (length(missing)) {
    fail("sluis_usage_error", sprintf("the data frame has no column %s", paste(dQuote(missing, FALSE), collapse = ", ")))
  }
  if (nrow(frame) == 0) fail("sluis_usage_error", "the data frame has no rows")
  if (!length(columns)) fail("sluis_usage_error", "no output names a column")
  types <- list()
  out <- list()
  for (name in columns) {
    column <- as_text(frame[[name]], name)
    types[[name]] <- column$type
    out[[name]] <- column$text
  }
  out <- as.data.frame(out, optional = TRUE, stringsAsFactors = FALSE)
  names(out) <- columns
  con <- file(file, "wb")
  on.exit(close(con))
  # Every field is in quotes, so that no text can end a field or a row.
  header <- paste0('"', gsub('"', '""', enc2utf8(columns), fixed = TRUE), '"', collapse = ",")
  writeLines(header, con, useBytes = TRUE)
  utils::write.table(out, con, sep = ",", na = "", row.names = FALSE, col.names = FALSE, quote = TRUE, qmethod = "double", fileEncoding = "")
  types
}

# as_text returns a column as UTF-8 texts, with NA for what is missing, and its type.
as_text <- function(x, name) {
  wrong <- function(why) fail("sluis_usage_error", sprintf("column %s: %s", dQuote(name, FALSE), why))
  if (!is.null(dim(x)) || is.list(x)) wrong("it is no plain vector")
  if (is.factor(x)) x <- as.character(x)
  if (inherits(x, "integer64")) return(list(text = as.character(x), type = "int64"))
  if (inherits(x, "Date")) return(list(text = format(x, "%Y-%m-%d"), type = "date"))
  if (inherits(x, "POSIXct")) return(list(text = format(x, "%Y-%m-%dT%H:%M:%S", tz = "UTC"), type = "string"))
  if (is.object(x) && !inherits(x, c("haven_labelled", "labelled"))) wrong(sprintf("columns of class %s are not known: make it a factor, text or numbers", class(x)[1]))
  x <- unclass(x)
  attributes(x) <- NULL
  if (is.logical(x)) return(list(text = ifelse(x, "true", "false"), type = "bool"))
  if (is.integer(x)) return(list(text = as.character(x), type = "int64"))
  if (is.double(x)) {
    if (any(is.nan(x) | is.infinite(x))) wrong("it has NaN or Inf: make them NA, or leave the rows out")
    known <- x[!is.na(x)]
    whole <- all(known == floor(known) & abs(known) < 2^53)
    text <- if (whole) sprintf("%.0f", x) else sprintf("%.17g", x)
    text[is.na(x)] <- NA
    text[!is.na(x) & x == 0] <- "0"
    return(list(text = text, type = if (whole) "int64" else "float64"))
  }
  if (!is.character(x)) wrong(sprintf("columns of type %s are not known", typeof(x)))
  x <- enc2utf8(x)
  if (!all(validUTF8(x[!is.na(x)]))) wrong("a text is not valid in its encoding: read the file with its encoding")
  if (any(!is.na(x) & !nzchar(x))) wrong("it has empty texts: make them NA, or give them a code")
  list(text = x, type = "string")
}
