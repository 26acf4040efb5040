package sdc

// Lines returns lineOf a variable, by key, nil if there are too many combinations, and
// by index.
func (t *Table) Lines(v int) (byKey, byIndex []uint32) { return t.lineByKey(v), t.lineByIndex(v) }
