// Package sdc decides whether the results of an analysis may leave a closed environment:
// statistical disclosure control of outputs.
//
// # A check
//
// [Check] reads the data once, counts who is behind every cell of every output, and
// applies a policy. A program makes four things:
//
//   - [Data]: the records, from an Arrow table ([FromTable]), from readers ([FromReaders])
//     or from a function that opens readers ([FromOpener]); and in Data.Roles the columns
//     that say whose row it is.
//   - [Output], one for each result: a table of counts or of sums, a file of records, or a
//     model, with the columns that span it.
//   - [Policy]: [CBS], [ESSNet], or one of your own. The zero value is refused: every rule
//     is filled in or switched off.
//   - [Options]: threads, memory, progress. Options never change what a check says.
//
// The result is a [Report] with one of three verdicts:
//
//   - [Safe]: no rule found anything in what it looked at.
//   - [Review]: a person has to decide.
//   - [Unsafe]: a rule is broken. [Report.Unsafe] yields the findings.
//
// A report holds small counts. It is confidential, and so are the cells of its tables.
// OutputReport.NotChecked says what nobody has looked at; secondary disclosure is package
// suppress.
//
// # What is counted
//
// Data.Roles.Respondent names the unit that is counted and protected. Without it every row
// is a respondent of its own. Data.Roles.Holding names the owner of respondents, by whom
// dominance is judged. Nulls in a spanning or key variable are refused unless Data.Missing
// says what they mean: see [Missing].
//
// Everything is decided in exact arithmetic. The report is the same, byte for byte, for
// every order and chunking of the rows and for any number of threads.
//
// # Errors
//
// An error is never a verdict. A request that cannot be meant, such as a hierarchy of a
// column that the data do not have, wraps [ErrRequest] and is found before a row is read.
// A fault of the data is a *[ColumnError] with the column, the row and the reason
// ([ErrNull], [ErrType], [ErrBroken]), and holds no value. A panic of a reader or of
// Options.Progress is a *[PanicError].
//
// Readers are used up by the first check, whatever came of it. A second check of the same
// Data is an error: it would see the rows that were left.
//
// # Records from elsewhere
//
// Package source opens files and uploads, checks every array and hashes every byte. Other
// readers and tables are looked at by [Check] before a value is read, unless
// Options.Trusted says that this is not needed.
package sdc
