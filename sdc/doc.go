// Package sdc decides whether the results of an analysis may leave a closed environment:
// statistical disclosure control of outputs.
//
// # A check
//
// [Check] reads the data once, counts the contributors to every cell of every output, and
// applies a policy. A program makes four things:
//
//   - [Data]: the records, from an Arrow table ([FromTable]), from readers
//     ([FromReaders]) or from a function that opens readers ([FromOpener]); and in
//     Data.Roles the columns that name the respondent and the holding of a row.
//   - [Output], one for each result: a table of counts or of sums, a file of records, or
//     a model, with the columns that span it.
//   - [Policy]: [CBS], [ESSNet], or one of your own. The zero value is refused: every
//     rule is filled in or switched off.
//   - [Options]: threads, memory, progress. Options never change what a check says.
//
// The result is a [Report] with one of three verdicts:
//
//   - [Safe]: no rule found anything in what it looked at.
//   - [Review]: a person has to decide.
//   - [Unsafe]: a rule is broken. [Report.Unsafe] yields the findings.
//
// A report holds small counts. It is confidential, and so are the cells of its tables.
// OutputReport.NotChecked lists what the check did not look at. Package suppress protects
// against secondary disclosure.
//
// # What is counted
//
// Data.Roles.Respondent names the unit that is counted and protected. Without it every
// row is a respondent of its own. Data.Roles.Holding names the owner of respondents; the
// dominance rules judge the contributions of owners. A null in a spanning or key variable
// is an error, unless Data.Missing says what a null means: see [Missing].
//
// Exact arithmetic decides every rule. The report is the same, byte for byte, for every
// order and chunking of the rows and for any number of threads.
//
// # Errors
//
// An error is never a verdict. A request that contradicts the data, such as a hierarchy
// of a column that the data do not have, wraps [ErrRequest]; Check finds such a request
// before it reads a row. A fault of the data is a *[ColumnError] with the column, the row
// and the reason ([ErrNull], [ErrType], [ErrBroken]), and holds no value. A panic of a
// reader or of Options.Progress is a *[PanicError].
//
// The first check uses the readers up, also when it ends in an error. A second check of
// the same Data is an error: the second check would see only the rows that were left.
//
// # Records from elsewhere
//
// Package source opens files and uploads, checks every array and hashes every byte.
// [Check] validates the arrays of other readers and tables before it reads a value,
// unless Options.Trusted is set.
//
// # Size
//
// This is one package of some 10,500 lines. Rules read 83 unexported names of tables and data,
// which ask 60 of the rules what to count: every split that was tried is mutual.
package sdc
