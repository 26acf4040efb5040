// Package identifier recognises values that have the form of a direct identifier:
// a citizen service number, a bank account, a Dutch licence plate, an e-mail
// address, a telephone number. The functions look at one value as text. A [Tally]
// decides about a column, and a [Sample] chooses the values of a long column.
//
// A form is evidence, not proof: one number of eleven passes the eleven-test by
// chance. Decide about a column by [Tally.Kind], never by one value.
package identifier
