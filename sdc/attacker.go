package sdc

// Attacker says what the protection of tables reckons with. The zero value is the whole
// model; every part that is switched off is named in every report, in the manifest and by
// verify, which then wants a reason.
//
// # What every attacker knows
//
//	1.1  all that leaves: every file of a publication
//	1.2  the sums over all code trees; that counts are whole; that values are not negative
//	     where none is
//	1.3  a code that is listed occurs, unless the codes are declared (part occurs)
//	1.4  that one spanning column fixes another, as a county its region: looked for in the
//	     data, and for review where it is so
//	1.5  that columns add up, x = y + z or x = y, and that a response is nowhere above zero:
//	     looked for in the tables, and for review, as are declared relations; that a response
//	     is at most another; declared bounds
//	1.6  which rows are left out: for review where outputs leave out different ones
//	1.7  from tables of different things, which cells are empty
//	1.8  who contributes: the own contribution, at every level; a contributor who is alone in a
//	     cell knows the cell
//	1.9  the program, its options and the policy, but no secret (part method): the choice of
//	     a pattern is drawn under a secret, so that nobody outside can repeat it
//
// # What must not be found out
//
//	2.1  the value of an unsafe cell, closer than its level
//	2.2  the share of a line, where a group rule calls a cell unsafe (part shares)
//	2.3  a sum of hidden cells that every reader can compute, where the sum breaks a rule as
//	     one cell: all that is hidden under one total, and two or three cells anywhere (part unions)
//	2.4  an amount of few, closer than the interval of min-contributors
//	2.5  that an unsafe count is small, after rounding: see [Policy.Rounding]
//	2.6  whose record it is, after local suppression: package suppress/records
//	2.7  what all contributors share: rule all-equal
//
// What a run does not reckon with of all this is listed by suppress.Publication.NotChecked;
// docs/protection.md has the whole list.
type Attacker struct {
	// NoUnions leaves out sums of hidden cells (2.3).
	NoUnions bool `json:",omitzero"`
	// NoShares leaves out shares of lines (2.2).
	NoShares bool `json:",omitzero"`
	// NoOccurs leaves out that a listed code occurs (1.3).
	NoOccurs bool `json:",omitzero"`
	// NoMethod leaves out that the attacker knows the program (1.9): no secret is used.
	NoMethod bool `json:",omitzero"`
}

// Off names the parts that are switched off, in a fixed order.
func (a Attacker) Off() (names []string) {
	for _, p := range []struct {
		off  bool
		name string
	}{{a.NoUnions, "unions"}, {a.NoShares, "shares"}, {a.NoOccurs, "occurs"}, {a.NoMethod, "method"}} {
		if p.off {
			names = append(names, p.name)
		}
	}
	return names
}

// Rounding is what a policy says of rounded counts.
type Rounding struct {
	// Base, where not 0, is the least base that tables of counts may be rounded to without
	// a reviewer, although it lies below the minimum of min-contributors: who knows base and
	// method may then know that a count is too small. From 2 to 2^30.
	Base int64 `json:",omitzero"`
}
