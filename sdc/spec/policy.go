package spec

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/internal/plainyaml"
	"github.com/sluis-go/sluis/sdc"
)

// policyFile is a policy: a shipped one, with every rule that is named replaced
// or changed.
type policyFile struct {
	Version   int       `yaml:"version"`
	Name      string    `yaml:"name"`
	Extends   string    `yaml:"extends"`
	Weighting string    `yaml:"weighting"`
	Dossier   string    `yaml:"dossier"`
	Attacker  partsFile `yaml:"attacker"`
	Rounding  baseFile  `yaml:"rounding"`
	Rules     rulesFile `yaml:"rules"`
}

// partsFile are parts of the attacker, each on or off.
type partsFile struct {
	Unions onOff `yaml:"unions"`
	Shares onOff `yaml:"shares"`
	Occurs onOff `yaml:"occurs"`
	Method onOff `yaml:"method"`
}

// onOff is true for off.
type onOff bool

// UnmarshalYAML reads on or off.
func (o *onOff) UnmarshalYAML(unmarshal func(any) error) error {
	var word string
	if unmarshal(&word) == nil && (word == "on" || word == "off") {
		*o = word == "off"
		return nil
	}
	return errors.New("a part of the attacker is on or off")
}

type baseFile struct {
	Base plainyaml.Whole `yaml:"base"`
}

type rulesFile struct {
	MinContributors     ruleFile[fewFields]        `yaml:"min-contributors"`
	MinHoldings         ruleFile[minFields]        `yaml:"min-holdings"`
	AllEqual            ruleFile[percentField]     `yaml:"all-equal"`
	NK                  pairsFile[nkFields]        `yaml:"nk"`
	PPercent            pairsFile[pFields]         `yaml:"p-percent"`
	PQ                  ruleFile[pqFields]         `yaml:"pq"`
	GroupDisclosure     ruleFile[groupFields]      `yaml:"group-disclosure"`
	GroupRemainder      ruleFile[kFields]          `yaml:"group-remainder"`
	ZeroCells           ruleFile[struct{}]         `yaml:"zero-cells"`
	Closeness           ruleFile[closeFields]      `yaml:"closeness"`
	KAnonymity          ruleFile[kFields]          `yaml:"k-anonymity"`
	Identifiers         ruleFile[identifierFields] `yaml:"identifiers"`
	Endpoints           ruleFile[struct{}]         `yaml:"endpoints"`
	QuantileTail        ruleFile[tailField]        `yaml:"quantile-tail"`
	MinDegreesOfFreedom ruleFile[minFields]        `yaml:"min-degrees-of-freedom"`
	Request             ruleFile[percentField]     `yaml:"request"`
}

type (
	fewFields struct {
		Min      *plainyaml.Whole `yaml:"min"`
		Interval *percent         `yaml:"interval"`
	}
	minFields struct {
		Min *plainyaml.Whole `yaml:"min"`
	}
	tailField struct {
		Tail *plainyaml.Whole `yaml:"tail"`
	}
	kFields struct {
		K *plainyaml.Whole `yaml:"k"`
	}
	nkFields struct {
		N       *plainyaml.Whole `yaml:"n"`
		Percent *percent         `yaml:"percent"`
	}
	pFields struct {
		P         *percent         `yaml:"p"`
		Coalition *plainyaml.Whole `yaml:"coalition"`
	}
	pqFields struct {
		P *percent `yaml:"p"`
		Q *percent `yaml:"q"`
	}
	percentField struct {
		Percent *percent `yaml:"percent"`
	}
	closeFields struct {
		Percent *percent `yaml:"percent"`
		Share   *percent `yaml:"share"`
	}
	groupFields struct {
		Percent   *percent `yaml:"percent"`
		Exclusive *bool    `yaml:"exclusive"`
	}
	identifierFields struct {
		Names       []string `yaml:"names"`
		UniqueShare *percent `yaml:"unique-share"`
	}
)

// percent keeps the digits as they are written: 87.5 is never read as a float.
type percent sdc.Percent

// UnmarshalYAML takes the text of the scalar, quoted or not.
func (p *percent) UnmarshalYAML(text []byte) error {
	*p = percent(strings.Trim(strings.TrimSpace(string(text)), `"'`))
	return nil
}

// ruleFile is "off", "on", or the rule's fields.
type ruleFile[F any] struct {
	given, off bool
	fields     F
}

// UnmarshalYAML reads the word or the fields.
func (r *ruleFile[F]) UnmarshalYAML(unmarshal func(any) error) error {
	r.given = true
	var word string
	if unmarshal(&word) == nil {
		switch word {
		case "off":
			r.off = true
			return nil
		case "on":
			return nil
		}
		return errors.New("a rule is off, on, or its fields")
	}
	return unmarshal(&r.fields)
}

// pairsFile is "off", "on", the fields of a rule, or a list of one or two of them: the rule
// then has one or two pairs of thresholds.
type pairsFile[F any] struct {
	ruleFile[F]
	list []F
}

// UnmarshalYAML reads the word, the fields or the list.
func (r *pairsFile[F]) UnmarshalYAML(unmarshal func(any) error) error {
	var any []any
	if unmarshal(&any) != nil {
		return r.ruleFile.UnmarshalYAML(unmarshal)
	}
	if r.given = true; len(any) < 1 || len(any) > 2 {
		return errors.New("a rule has one or two pairs of thresholds")
	}
	return unmarshal(&r.list)
}

// LoadPolicy returns the shipped policy of a name (see [ShippedPolicies]), or reads a policy
// file. The error wraps ErrSpec or sdc.ErrRequest, or is of the file system.
func LoadPolicy(nameOrPath string) (sdc.Policy, error) {
	if p, ok, err := shippedPolicy(nameOrPath); ok {
		return p, err
	}
	text, err := files.Read(nameOrPath)
	if err != nil {
		return sdc.Policy{}, fmt.Errorf("policy is none of %s, nor a file that can be read: %w", shippedList(), err)
	}
	var f policyFile
	if err := decode(nameOrPath, text, &f, plainyaml.DecodeRaw); err != nil {
		return sdc.Policy{}, err
	}
	if err := noBlanks(text); err != nil {
		return sdc.Policy{}, fmt.Errorf("%s: %w", nameOrPath, err)
	}
	p, err := f.resolve()
	if err == nil {
		err = notShipped(&p)
	}
	if err != nil {
		return p, fmt.Errorf("%s: %w", nameOrPath, err)
	}
	file := hashed(nameOrPath, text)
	p.File = &file
	return p, nil
}

// noBlanks refuses a rule, or a field of a rule, without a value: an author who names a
// rule wants to change it, and an empty value changes nothing.
func noBlanks(text []byte) error {
	var f struct {
		Rules map[string]any `yaml:"rules"`
	}
	if err := plainyaml.Unmarshal(text, &f); err != nil {
		return wrong("rules are off, on, or their fields")
	}
	for _, name := range slices.Sorted(maps.Keys(f.Rules)) {
		fields, _ := f.Rules[name].(map[string]any)
		for _, field := range slices.Sorted(maps.Keys(fields)) {
			if fields[field] == nil {
				return wrong("rule %q: nothing is said of %q", name, field)
			}
		}
		if f.Rules[name] == nil {
			return wrong("rule %q: nothing is said of it: off, on, or its fields", name)
		}
	}
	return nil
}

func shipped(name string) (sdc.Policy, bool) {
	switch name {
	case "cbs":
		return sdc.CBS(), true
	case "essnet":
		return sdc.ESSNet(), true
	}
	return sdc.Policy{}, false
}

func (f *policyFile) resolve() (sdc.Policy, error) {
	if f.Version != 1 {
		return sdc.Policy{}, wrong("version must be 1")
	}
	p, ok := shipped(f.Extends)
	if !ok {
		return p, wrong("extends must be cbs or essnet")
	}
	if f.Name == "" {
		return p, wrong("name must be given")
	}
	if strings.ContainsFunc(f.Name, unseen) {
		return p, wrong("name holds a character that is not shown: write the name anew, in letters, digits, signs and blanks")
	}
	p.Name = f.Name
	if f.Weighting != "" {
		p.Weighting = sdc.Weighting(f.Weighting)
	}
	switch f.Dossier {
	case "":
	case "required":
		p.RequireDossier = true
	default:
		return p, wrong("dossier must be required, or be left out")
	}
	p.Attacker = sdc.Attacker{
		NoUnions: bool(f.Attacker.Unions), NoShares: bool(f.Attacker.Shares),
		NoOccurs: bool(f.Attacker.Occurs), NoMethod: bool(f.Attacker.Method),
	}
	p.Rounding.Base = int64(f.Rounding.Base)
	f.Rules.apply(&p)
	if like := p.Resembles(); like != "" && !p.IsShipped() {
		return p, wrong("name looks like %s, which is a shipped policy with other rules: choose a name without %[1]s in it; the report shows by itself how the policy differs from a shipped one", like)
	}
	return p, p.Validate()
}

// unseen reports whether a character of a name is not shown, or changes the order in which
// the others are.
func unseen(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point)
}

func set[T any](dst *T, src *T) {
	if src != nil {
		*dst = *src
	}
}

func setWhole[T int | int64](dst *T, src *plainyaml.Whole) {
	if src != nil {
		*dst = T(*src)
	}
}

func setPercent(dst *sdc.Percent, src *percent) {
	if src != nil {
		*dst = sdc.Percent(*src)
	}
}

// apply changes the rules that are named; a rule with fields is on.
func (r *rulesFile) apply(p *sdc.Policy) {
	if m := r.MinContributors; m.given {
		p.MinContributors.Off = m.off
		setWhole(&p.MinContributors.Min, m.fields.Min)
		setPercent(&p.MinContributors.Interval, m.fields.Interval)
	}
	if m := r.MinHoldings; m.given {
		p.MinHoldings.Off = m.off
		setWhole(&p.MinHoldings.Min, m.fields.Min)
	}
	if m := r.AllEqual; m.given {
		p.AllEqual.Off = m.off
		setPercent(&p.AllEqual.Percent, m.fields.Percent)
	}
	if m := r.NK; m.given {
		p.NK.Off = m.off
		setWhole(&p.NK.N, m.fields.N)
		setPercent(&p.NK.Percent, m.fields.Percent)
		for i, x := range m.list {
			n, percent := &p.NK.N, &p.NK.Percent
			if i == 0 {
				p.NK = sdc.NK{}
			} else {
				n, percent = &p.NK.N2, &p.NK.Percent2
			}
			setWhole(n, x.N)
			setPercent(percent, x.Percent)
		}
	}
	if m := r.PPercent; m.given {
		p.PPercent.Off = m.off
		setPercent(&p.PPercent.P, m.fields.P)
		setWhole(&p.PPercent.Coalition, m.fields.Coalition)
		for i, x := range m.list {
			share, coalition := &p.PPercent.P, &p.PPercent.Coalition
			if i == 0 {
				p.PPercent = sdc.PPercent{}
			} else {
				share, coalition = &p.PPercent.P2, &p.PPercent.Coalition2
			}
			setPercent(share, x.P)
			setWhole(coalition, x.Coalition)
		}
	}
	if m := r.PQ; m.given {
		p.PQ.Off = m.off
		setPercent(&p.PQ.P, m.fields.P)
		setPercent(&p.PQ.Q, m.fields.Q)
	}
	if m := r.GroupDisclosure; m.given {
		p.GroupDisclosure.Off = m.off
		setPercent(&p.GroupDisclosure.Percent, m.fields.Percent)
		set(&p.GroupDisclosure.Exclusive, m.fields.Exclusive)
	}
	if m := r.GroupRemainder; m.given {
		p.GroupRemainder.Off = m.off
		if p.GroupRemainder.K == 0 && m.fields.K == nil {
			p.GroupRemainder.K = 1
		}
		setWhole(&p.GroupRemainder.K, m.fields.K)
	}
	if m := r.ZeroCells; m.given {
		p.ZeroCells.Off = m.off
	}
	if m := r.Closeness; m.given {
		p.Closeness.Off = m.off
		setPercent(&p.Closeness.Percent, m.fields.Percent)
		setPercent(&p.Closeness.Share, m.fields.Share)
	}
	if m := r.KAnonymity; m.given {
		p.KAnonymity.Off = m.off
		setWhole(&p.KAnonymity.K, m.fields.K)
	}
	if m := r.Identifiers; m.given {
		p.Identifiers.Off = m.off
		if m.fields.Names != nil {
			p.Identifiers.Names = m.fields.Names
		}
		setPercent(&p.Identifiers.UniqueShare, m.fields.UniqueShare)
	}
	if m := r.Endpoints; m.given {
		p.Endpoints.Off = m.off
	}
	if m := r.QuantileTail; m.given {
		p.QuantileTail.Off = m.off
		setWhole(&p.QuantileTail.Tail, m.fields.Tail)
	}
	if m := r.MinDegreesOfFreedom; m.given {
		p.MinDegreesOfFreedom.Off = m.off
		setWhole(&p.MinDegreesOfFreedom.Min, m.fields.Min)
	}
	if m := r.Request; m.given {
		p.Request.Off = m.off
		setPercent(&p.Request.Percent, m.fields.Percent)
	}
}
