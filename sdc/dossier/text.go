package dossier

import (
	"fmt"
	"strings"
)

// text is a sentence in English and in Dutch.
type text struct{ en, nl string }

// say fills in a sentence in both languages. The arguments are in the same order; one
// that is a text is filled in in the language of the sentence.
func say(en, nl string, args ...any) text {
	if len(args) == 0 {
		return text{en, nl}
	}
	dutch := make([]any, len(args))
	english := make([]any, len(args))
	for i, a := range args {
		english[i], dutch[i] = a, a
		if t, ok := a.(text); ok {
			english[i], dutch[i] = t.en, t.nl
		}
	}
	return text{fmt.Sprintf(en, english...), fmt.Sprintf(nl, dutch...)}
}

// and joins two sentences. Each may be empty.
func (t text) and(u text) text {
	if t.en == "" || u.en == "" {
		return text{t.en + u.en, t.nl + u.nl}
	}
	return text{t.en + "; " + u.en, t.nl + "; " + u.nl}
}

func (t text) in(lang string) string {
	if lang == "nl" {
		return t.nl
	}
	return t.en
}

// dutchLaw says the names of acts as a Dutch reader knows them.
var dutchLaw = strings.NewReplacer("GDPR", "AVG", "CBS Act", "Wet CBS", "Police Data Act", "Wpg")
