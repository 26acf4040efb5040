package words_test

import (
	"fmt"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// Example says a finding in English and in Dutch.
func Example() {
	m := words.New(words.FewContributors, words.Count(3), words.Count(10))
	for _, language := range words.Languages() {
		fmt.Println(m.In(language))
	}
	// Output:
	// 3 contributors; at least 10 are required
	// 3 bijdragers; minstens 10 vereist
}
