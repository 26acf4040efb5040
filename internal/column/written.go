package column

import "strings"

// Written returns how the label of a value is written wherever tables and classes are
// named: as it is, with a backslash before one that is "*" (written of a total) or
// [MissingLabel] (of null), or that begins with a backslash. Two labels that differ are
// written differently, and none as a total or a null.
func Written(label string) string {
	if label == "*" || label == MissingLabel || strings.HasPrefix(label, `\`) {
		return `\` + label
	}
	return label
}

// Written returns the label of a code as [Written] writes it, that of null being
// [MissingLabel].
func (l *List) Written(code uint32) string {
	if l.isNull(code) {
		return MissingLabel
	}
	return Written(l.Label(code))
}
