package sdc

// cellRow is one row of the cells file.
type cellRow struct {
	output int
	cell   Cell
}

// cellVariables lists the spanning variables of all tables in the order of
// first use.
func (r *Report) cellVariables() []string {
	var names []string
	seen := map[string]bool{}
	for _, t := range r.Tables {
		for _, v := range t.vars {
			if !seen[v.Name] {
				seen[v.Name] = true
				names = append(names, v.Name)
			}
		}
	}
	return names
}

// cellRows calls fn for every cell of every table.
func (r *Report) cellRows(fn func(cellRow) error) error {
	for k, t := range r.Tables {
		for c := range t.published() {
			if err := fn(cellRow{k, c}); err != nil {
				return err
			}
		}
	}
	return nil
}
