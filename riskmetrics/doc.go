// Package riskmetrics measures the risk that records of microdata are
// re-identified, or that something is learnt of a person without finding their
// record. It measures and never alters data.
//
// All measures start from one [Classes] value: the equivalence classes of the
// records on their keys, with sample frequencies f_k and estimated population
// frequencies F_k, built once by [NewClasses]. Nulls in keys match as the
// caller says. Results hold the attained value, the worst class and per-record
// vectors, never only pass or fail.
package riskmetrics
