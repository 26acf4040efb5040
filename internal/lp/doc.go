// Package lp solves the linear programs of an attack on a table: a sparse
// revised simplex with whole-number bounds on every variable, that starts from
// any point and basis, so that a thousand programs over one set of constraints
// cost little more than one.
//
// Its answers are floating-point numbers and decide nothing. Vertex and Prices
// hand over the last basis in a form from which the caller makes whole or
// rational numbers, and those it checks exactly.
package lp
