package report

import "github.com/sluis-go/sluis/sdc"

func DutchRule(rule string) string { return dutchRules[rule] }

func DutchFinding(f *sdc.Finding) string {
	s := dictionary("nl").tell(f.Message)
	if s.Lang != "" {
		return "in " + s.Lang + ": " + s.Text
	}
	return s.Text
}

func DutchObserved(f *sdc.Finding) string { return dictionary("nl").observed(f) }

var Severity = severity
