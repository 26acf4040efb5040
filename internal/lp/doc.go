// Package lp solves the linear programs of an attack on a table. The method is a sparse
// revised simplex with whole-number bounds on every variable. It starts from any point
// and basis: a thousand programs over one set of constraints cost little more than one.
//
// The answers are floating-point numbers and decide nothing. Vertex and Prices return the
// last basis in a form from which the caller makes whole or rational numbers. The caller
// must check those numbers exactly.
package lp
