# The command in a process of its own: a file of the rows in, files of the results out.

# The exit statuses that are verdicts.
verdicts <- c("0" = "safe", "3" = "unsafe", "4" = "review")

# binary returns the path of the command: SLUIS_BINARY, else that of the package, else of PATH.
binary <- function() {
  given <- Sys.getenv("SLUIS_BINARY")
  if (nzchar(given)) return(given)
  carried <- system.file("bin", if (.Platform$OS.type == "windows") "sluis.exe" else "sluis", package = "sluis")
  if (nzchar(carried)) return(carried)
  found <- Sys.which("sluis")
  if (!nzchar(found)) {
    fail("sluis_error", "the command sluis is not there: install it, or let SLUIS_BINARY name it")
  }
  unname(found)
}

# fail signals an error of a class.
fail <- function(class, message) {
  stop(structure(class = unique(c(class, "sluis_error", "error", "condition")), list(message = message, call = NULL)))
}

# private makes a folder that nobody else can read. The caller removes it.
private <- function() {
  dir <- tempfile("sluis-")
  if (!dir.create(dir, mode = "0700")) fail("sluis_error", "a temporary folder cannot be made")
  dir
}

# run runs the command. It returns the exit status, which is that of a verdict. Another status is
# an error with the message of the command.
run <- function(arguments, dir) {
  out <- file.path(dir, "stdout")
  err <- file.path(dir, "stderr")
  status <- system2(binary(), shQuote(arguments), stdout = out, stderr = err, env = paste0("TMPDIR=", shQuote(dir)))
  lines <- readLines(err, encoding = "UTF-8", warn = FALSE)
  told <- grep("^sluis: ", lines)
  message <- paste(if (length(told)) lines[seq(told[1], length(lines))] else lines, collapse = "\n")
  message <- sub("^sluis: ", "", message)
  if (status %in% c(0L, 4L) || (status == 3L && !length(told))) return(status)
  if (status == 3L) fail("sluis_nothing_released", message)
  if (status == 2L) fail("sluis_usage_error", message)
  fail("sluis_error", if (nzchar(message)) message else paste("the command ended with status", status))
}

# text reads a file of text.
text <- function(file) paste(readLines(file, encoding = "UTF-8", warn = FALSE), collapse = "\n")

# json reads a file of JSON as lists.
json <- function(file) jsonlite::fromJSON(file, simplifyVector = FALSE)

# cells reads a file of cells. All columns but numbers are text: a code 01 stays 01.
cells <- function(file, numbers) {
  d <- utils::read.csv(file, colClasses = "character", comment.char = "", check.names = FALSE, encoding = "UTF-8", na.strings = NULL)
  for (name in intersect(numbers, names(d))) {
    x <- d[[name]]
    x[!nzchar(x)] <- NA
    d[[name]] <- as.numeric(x)
  }
  d
}
