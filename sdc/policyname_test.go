package sdc_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
)

func TestResembles(t *testing.T) {
	for name, want := range map[string]string{
		"cbs": "cbs", "CBS": "cbs", "CBS ": "cbs", "c.b-s_": "cbs", "ＣＢＳ": "cbs", "сbѕ": "cbs", "C\u200bBS": "cbs", "c\u0301bs": "cbs", "ÇBŚ": "cbs", "𝖼𝖻𝗌": "cbs", "𝐂𝐁𝐒": "cbs", "ⓒⓑⓢ": "cbs",
		"ESSNet": "essnet", "ess net": "essnet", "еssnеt": "essnet", "éssnet": "essnet",
		"cbs (shipped)": "cbs", "cbs-publication": "cbs", "cbsPublication": "cbs", "CBSPublication": "cbs", "cbspublicatie": "cbs", "my cbs": "cbs", "myCBS": "cbs", "de regels van het C.B.S.": "cbs",
		"cbs2": "cbs", "cbs2026": "cbs", "2026cbs": "cbs", "2026 c-b-s": "cbs", "cb5": "cbs", "cb5 shipped": "cbs", "c8s": "cbs", "cb$ shipped": "cbs", "©BS": "cbs", "€ssnet": "essnet", "3ssnet": "essnet",
		"CḂṠ publication": "cbs", "cƀs x": "cbs", "x СВЅ": "cbs", "\u13df\u13f4\u13da": "cbs", "ꓚꓐꓢ 1": "cbs", "ESSΝET": "essnet", "ẼSSNET": "essnet", "ess net (shipped)": "essnet", "cbs (changed)": "cbs", "(cbs)": "cbs", "x\u200b cb\u200bs": "cbs",
		"\u03f2bs": "cbs", "\u1455bs": "cbs", "cb\u01bd 2026": "cbs", "\u1455\u1472\u01bd": "cbs", "\u1455-b-s": "cbs", "Øresund": "", "løn": "", "c\u1472": "",
		"strict": "", "": "", "bsc": "", "house rules": "", "basic bsn rules": "", "pcbs": "", "PCBs": "", "macbs": "", "cb": "", "c b": "", "ess": "", "netto ess": "", "essen et al": "", "cab sharing": "", "500": "", "ess 5": "",
	} {
		t.Run(name, func(t *testing.T) {
			if got := (&sdc.Policy{Name: name}).Resembles(); got != want {
				t.Errorf("%q resembles %q, want %q", name, got, want)
			}
		})
	}
}

// TestDigestOfEveryField: a change of any field of any rule changes the digest, and the
// description of the policy in the report.
func TestDigestOfEveryField(t *testing.T) {
	base := sdc.CBS()
	shipped := base.Digest()
	fields := 0
	rules := reflect.ValueOf(base)
	for i := range rules.NumField() {
		name := rules.Type().Field(i).Name
		if name == "File" {
			continue
		}
		change := func(what string, set func(reflect.Value)) {
			p := sdc.CBS()
			set(reflect.ValueOf(&p).Elem().Field(i))
			fields++
			if p.Digest() == shipped {
				t.Errorf("%s: the digest does not see it", what)
			}
		}
		f := rules.Field(i)
		if f.Kind() != reflect.Struct {
			change(name, other)
			continue
		}
		for k := range f.NumField() {
			change(name+"."+f.Type().Field(k).Name, func(v reflect.Value) { other(v.Field(k)) })
		}
	}
	if fields < 30 {
		t.Errorf("only %d fields", fields)
	}
}

// other sets a field to something else.
func other(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.String:
		v.SetString(v.String() + "1")
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Slice:
		v.Set(reflect.ValueOf([]string{"x"}))
	default:
		panic(v.Kind())
	}
}

func TestIdleRulesAndNames(t *testing.T) {
	table := tableOf(t, fields("k", text), row{"k": "a"})
	report := func(change func(*sdc.Policy)) *sdc.Report {
		p := sdc.CBS()
		change(&p)
		return check(t, sdc.FromTable(table), p, sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"k"}})
	}
	for _, tc := range []struct {
		name   string
		change func(*sdc.Policy)
		want   string // idle rules
		shown  string
	}{
		{"as shipped", func(*sdc.Policy) {}, "", "cbs"},
		{"second/F09", func(p *sdc.Policy) {
			p.Name, p.NK.Percent, p.PPercent = "CBS", "100", sdc.PPercent{P: "0.0000001"}
		}, "nk, p-percent", "cbs (changed)"},
		{"p of 1", func(p *sdc.Policy) { p.Name, p.PPercent = "mine", sdc.PPercent{P: "1"} }, "", "mine"},
		{"q - p of 1", func(p *sdc.Policy) { p.Name, p.PQ = "mine", sdc.PQ{P: "10", Q: "11"} }, "", "mine"},
		{"q - p below 1", func(p *sdc.Policy) { p.Name, p.PQ = "mine", sdc.PQ{P: "10", Q: "10.99"} }, "pq", "mine"},
		{"all of a line", func(p *sdc.Policy) {
			p.Name, p.GroupDisclosure = "mine", sdc.GroupDisclosure{Percent: "100"}
		}, "", "mine"},
		{"more than all of a line", func(p *sdc.Policy) {
			p.Name, p.GroupDisclosure = "mine", sdc.GroupDisclosure{Percent: "100", Exclusive: true}
		}, "group-disclosure", "mine"},
		{"a band of 1 %", func(p *sdc.Policy) { p.Name, p.Closeness.Percent = "mine", "1" }, "", "mine"},
		{"a band below 1 %", func(p *sdc.Policy) { p.Name, p.Closeness.Percent = "mine", "0.99" }, "closeness", "mine"},
		{"one degree of freedom", func(p *sdc.Policy) { p.Name, p.MinDegreesOfFreedom.Min = "mine", 1 }, "min-degrees-of-freedom", "mine"},
		{"two degrees of freedom", func(p *sdc.Policy) { p.Name, p.MinDegreesOfFreedom.Min = "mine", 2 }, "", "mine"},
		{"no share of own values, beside names", func(p *sdc.Policy) { p.Name, p.Identifiers.UniqueShare = "mine", "100" }, "identifiers (unique-share)", "mine"},
		{"nearly no share of own values", func(p *sdc.Policy) { p.Name, p.Identifiers.UniqueShare = "mine", "99.99" }, "", "mine"},
		{"a shipped name by a program", func(p *sdc.Policy) { p.MinContributors.Min = 3 }, "", "cbs (changed)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := report(tc.change)
			got := ""
			for _, s := range words.Strings(r.Policy.Remarks) {
				if list, ok := strings.CutPrefix(s, "rules that can hardly find anything count as switched off: "); ok {
					got = list
				}
			}
			if got != tc.want || r.Policy.Name != tc.shown {
				t.Errorf("idle %q, name %q", got, r.Policy.Name)
			}
			if said := strings.Contains(strings.Join(words.Strings(r.Outputs[0].NotChecked), "\n"), "hardly find anything"); said != (tc.want != "") {
				t.Errorf("not checked: %v", r.Outputs[0].NotChecked)
			}
			if len(r.Policy.SHA256) != 64 || !strings.Contains(r.Policy.Title(), r.Policy.SHA256) {
				t.Errorf("title %q", r.Policy.Title())
			}
		})
	}
}
