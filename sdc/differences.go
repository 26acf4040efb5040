package sdc

import (
	"strconv"

	"github.com/sluis-go/sluis/sdc/basis"
)

// differences compares the policy with the shipped policy of its name, or with cbs where
// there is none. The list is never nil.
func (p *Policy) differences() []basis.Difference {
	base := p.shipped()
	out := []basis.Difference{}
	was := base.rules()
	for i, r := range p.rules() {
		if old, is := setting(was[i], false), setting(r, false); !is.Equal(old) {
			out = append(out, basis.Difference{Rule: r.name(), Base: base.Name, New: &is, Old: &old})
		}
	}
	return append(out, p.otherDifferences(&base)...)
}

// PublicDifferences lists the differences between the policy and the shipped one, for
// documents that may leave. For the concentration rules, request, closeness, and the
// interval of min-contributors the list says only that they differ. Their thresholds are
// left out, because they tell how closely a value can be estimated. They are not secret:
// a reader with the digest of the policy can test a guess of the thresholds, and the name
// of a shipped policy gives its thresholds.
func (p *Policy) PublicDifferences() []basis.Difference {
	base := p.shipped()
	out := []basis.Difference{}
	was := base.rules()
	for i, r := range p.rules() {
		if setting(was[i], false).Equal(setting(r, false)) {
			continue
		}
		d := basis.Difference{Rule: r.name(), Base: base.Name}
		old, is := setting(was[i], true), setting(r, true)
		if !(basis.Rule{Rule: r.name()}).Estimates("") && !is.Equal(old) {
			d.New, d.Old = &is, &old
		}
		out = append(out, d)
	}
	return append(out, p.otherDifferences(&base)...)
}

// shipped returns the shipped policy that p is compared with.
func (p *Policy) shipped() Policy {
	if resembles(p.Name) == "essnet" {
		return ESSNet()
	}
	return CBS()
}

// otherDifferences compares the fields that are no rules.
func (p *Policy) otherDifferences(base *Policy) (out []basis.Difference) {
	add := func(rule, field string, is, was basis.Setting) {
		out = append(out, basis.Difference{Rule: rule, Field: field, Base: base.Name, New: &is, Old: &was})
	}
	if p.RequireDossier {
		add("dossier", "", basis.Setting{State: basis.Required}, basis.Setting{State: basis.NotRequired})
	}
	if p.Weighting != base.Weighting {
		add("weighting", "", basis.Setting{Value: string(p.Weighting)}, basis.Setting{Value: string(base.Weighting)})
	}
	for _, part := range p.Attacker.Off() {
		add("attacker", part, basis.Setting{State: basis.Off}, basis.Setting{State: basis.On})
	}
	if p.Rounding.Base != base.Rounding.Base {
		add("rounding", "base", p.Rounding.setting(), base.Rounding.setting())
	}
	return out
}

// setting returns the base, or that it follows the minimum.
func (r Rounding) setting() basis.Setting {
	if r.Base == 0 {
		return basis.Setting{State: basis.AtLeastMinimum}
	}
	return basis.Setting{Value: strconv.FormatInt(r.Base, 10)}
}

// setting returns how a rule is set, with public without the thresholds that stay inside.
func setting(r rule, public bool) basis.Setting {
	if r.off() {
		return basis.Setting{State: basis.Off}
	}
	s := basis.Setting{State: basis.On}
	for _, l := range r.limits() {
		if !public || !(basis.Rule{Rule: r.name()}).Estimates(l.Name) {
			s.Limits = append(s.Limits, basis.Limit(l))
		}
	}
	return s
}
