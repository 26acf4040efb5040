// Package riskmetrics measures the risk that records of microdata are re-identified, or
// that an attacker learns something about a person without finding the record. It
// measures data and never changes them.
//
// All measures start from one [Classes] value, which [NewClasses] builds: the equivalence
// classes of the records on their keys, with sample frequencies f_k and estimated
// population frequencies F_k. The caller chooses how nulls in keys match. A result holds
// the attained value, the worst class and a value for every record, and not only pass or
// fail.
package riskmetrics
