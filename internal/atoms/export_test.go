package atoms

// Who returns the respondents of some atoms.
func (p *Problem) Who(atoms []int32) []int32 {
	var out []int32
	for _, a := range atoms {
		out = append(out, p.atoms[a].Who...)
	}
	return out
}
