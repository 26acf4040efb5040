package column

import "strings"

// Written returns the form in which the label of a value is written in tables and
// classes. A label that is "*" (which stands for a total) or [MissingLabel] (which stands
// for null), or that begins with a backslash, has a backslash before it. Other labels do
// not change. Different labels have different forms, and no label is written as a total
// or a null.
func Written(label string) string {
	if label == "*" || label == MissingLabel || strings.HasPrefix(label, `\`) {
		return `\` + label
	}
	return label
}

// Written returns the label of a code as [Written] writes it; the label of null is
// [MissingLabel].
func (l *List) Written(code uint32) string {
	if l.isNull(code) {
		return MissingLabel
	}
	return Written(l.Label(code))
}
