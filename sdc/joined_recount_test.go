package sdc_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// TestJoinedRecount compares joined-records with a recount by maps of random outputs: keys
// that are published to another level or folded, and tables beside the files. An attacker
// then joins all records that can be one person's, and finds no class that a file without
// the remark does not have.
func TestJoinedRecount(t *testing.T) {
	above := map[string]string{"a0": "A", "a1": "A", "a2": "B", "a3": "B"}
	tree, err := sdc.NewHierarchy(
		sdc.Code{Label: "A", Children: []sdc.Code{{Label: "a0"}, {Label: "a1"}}},
		sdc.Code{Label: "B", Children: []sdc.Code{{Label: "a2"}, {Label: "a3"}}})
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for seed := range seeds(t) {
		rng := rand.New(rand.NewPCG(seed, 91))
		var rows []row
		for i := range 8 + rng.IntN(20) {
			r := row{"id": i}
			for _, name := range []string{"a", "b", "c", "s", "t"} {
				r[name] = fmt.Sprint(name, rng.IntN(4))
			}
			rows = append(rows, r)
		}
		var outputs []sdc.Output
		for n := range 2 + rng.IntN(3) {
			names := []string{"a", "b", "c", "s", "t"}
			rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
			keys, sensitive := 1+rng.IntN(2), rng.IntN(3)
			o := sdc.Output{Name: fmt.Sprint("o", n), Kind: sdc.Microdata, By: names[:keys], Sensitive: names[keys : keys+sensitive]}
			if n > 0 && rng.IntN(3) > 0 {
				o.By = slices.Clone(outputs[n-1].By)
				slices.Reverse(o.By)
				o.Sensitive = slices.DeleteFunc(slices.Clone(o.Sensitive), func(name string) bool { return slices.Contains(o.By, name) })
			}
			switch has := slices.Contains(o.By, "a"); rng.IntN(5) {
			case 0:
				o.Depth = map[string]int{o.By[0]: 1 + rng.IntN(2)}
			case 1, 2:
				if has {
					o.Fold = map[string][]string{"a": {"A"}}
				}
			}
			if rng.IntN(5) == 0 {
				o.Kind, o.Sensitive = sdc.Frequency, nil
			}
			outputs = append(outputs, o)
		}
		// The code that an output publishes of a value, by its settings.
		shown := func(o *sdc.Output, name, value string) string {
			if name == "a" && slices.Contains(o.By, name) && (o.Depth[name] == 1 || above[value] == "A" && o.Fold[name] != nil) {
				return above[value]
			}
			return value
		}
		class := func(o *sdc.Output, r row) string {
			text := ""
			for _, name := range slices.Sorted(slices.Values(o.By)) {
				text += name + "=" + shown(o, name, r[name].(string)) + " "
			}
			return text
		}
		want := map[string]bool{}
		for i, a := range outputs {
			for _, b := range outputs[i+1:] {
				if a.Kind != sdc.Microdata || b.Kind != sdc.Microdata {
					continue
				}
				in := map[string]int{}
				for _, list := range [][]string{a.By, a.Sensitive, b.By, b.Sensitive} {
					for _, name := range list {
						in[name]++
					}
				}
				var shared []string
				for name, n := range in {
					if n == 2 {
						shared = append(shared, name)
					}
				}
				slices.Sort(shared)
				settings := func(o *sdc.Output) string {
					text := ""
					for _, name := range slices.Sorted(slices.Values(o.By)) {
						text += fmt.Sprint(name, o.Depth[name], o.Fold[name], ";")
					}
					return text
				}
				if len(shared) > 0 && settings(&a) != settings(&b) {
					want[a.Name+" "+b.Name+": "+strings.Join(shared, " ")] = true
					count["remarks"]++
					if len(a.By) == len(b.By) && slices.Equal(slices.Sorted(slices.Values(a.By)), slices.Sorted(slices.Values(b.By))) {
						count["the same keys in other codes"]++
					}
					continue
				}
				count["pairs without a remark"]++
				// Whoever joins the two has no smaller class than either has.
				joined, one := map[string]int{}, map[string]int{}
				for _, r := range rows {
					joined[class(&a, r)+"| "+class(&b, r)]++
					one[class(&a, r)]++
				}
				if len(shared) > 0 && len(joined) != len(one) {
					t.Fatalf("seed %d: joining %+v and %+v makes %d classes of %d, and nothing is said", seed, a, b, len(joined), len(one))
				}
			}
		}
		rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		reader := array.NewTableReader(tableOf(t, fields("id", integer, "a", text, "b", text, "c", text, "s", text, "t", text), rows...), int64(1+rng.IntN(9)))
		d := sdc.FromReaders(reader)
		d.Roles.Respondent = "id"
		d.Hierarchies = map[string]*sdc.Hierarchy{"a": tree}
		r, err := sdc.Check(context.Background(), d, outputs, off(), sdc.Options{Threads: 1 + rng.IntN(3)})
		reader.Release()
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]bool{}
		for _, x := range r.Data.Remarks {
			if x.Name != "joined-records" {
				continue
			}
			names := strings.Split(x.Message.String(), `"`)
			var list []string
			for i := 5; i < len(names); i += 2 {
				list = append(list, names[i])
			}
			slices.Sort(list)
			got[names[1]+" "+names[3]+": "+strings.Join(list, " ")] = true
			if int(x.Count) != len(list) || x.Verdict != sdc.Review || !slices.Contains(list, x.Column) {
				t.Fatalf("seed %d: %+v", seed, x)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d: %s\n%+v\n%v", seed, diff, outputs, r.Data.Remarks)
		}
		if (len(want) > 0) != (r.Verdict == sdc.Review) {
			t.Fatalf("seed %d: %v with %d remarks", seed, r.Verdict, len(want))
		}
	}
	t.Log(count)
	for _, what := range []string{"remarks", "the same keys in other codes", "pairs without a remark"} {
		if count[what] == 0 {
			t.Errorf("no %s", what)
		}
	}
}
