// Package riskmetrics measures the risk that records of microdata are re-identified, or
// that an attacker learns something about a person without finding the record. It
// measures data and never changes them.
//
// All measures start from one [Classes] value, which [NewClasses] builds: the equivalence
// classes of the records on their keys, with sample frequencies f_k and estimated
// population frequencies F_k. The caller chooses how nulls in keys match. A result holds
// the attained value, the worst class and a value for every record, and not only pass or
// fail.
//
// The measures are one package of some 5,300 lines: each is a method of Classes or of what
// Classes gives, and reads their fields (sensitive variables 46 names, models 16, SUDA 10).
package riskmetrics
