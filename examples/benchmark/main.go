// Command benchmark is a first benchmark of disclosure checks for an engineer: the same
// three outputs on synthetic events of growing size, with rows a second and memory. The
// findings are the same on every machine; the times are not.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"time"

	"github.com/sluis-go/sluis/internal/synth"
	"github.com/sluis-go/sluis/sdc"
)

func main() {
	rows := flag.Int64("rows", 1_000_000, "rows of the largest run")
	threads := flag.Int("threads", 0, "threads (default: all cores)")
	flag.Parse()
	for n := min(*rows, 10_000); ; n = min(*rows, 10*n) {
		if err := run(context.Background(), os.Stdout, os.Stdout, n, *threads); err != nil {
			log.Fatal(err)
		}
		if n >= *rows {
			return
		}
	}
}

// outputs are one of each kind that a register is asked for.
var outputs = []sdc.Output{
	{Name: "count", Kind: sdc.Frequency, By: []string{"year", "sex", "offence"}},
	{Name: "sum", Kind: sdc.Magnitude, By: []string{"year", "offence"}, Response: "damage"},
	{Name: "records", Kind: sdc.Microdata, By: []string{"age", "sex", "region"}, Sensitive: []string{"offence"}},
}

// run checks n events. It writes the findings to facts, and times and memory to figures.
func run(ctx context.Context, facts, figures io.Writer, n int64, threads int) error {
	for _, o := range outputs {
		// Making the events costs more than checking them: they are made before
		// the clock starts.
		table, err := synth.Table("events", synth.Options{Rows: n, Seed: 1})
		if err != nil {
			return err
		}
		data := sdc.FromTable(table)
		data.Roles.Respondent = "person_id"
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := time.Now()
		r, err := sdc.Check(ctx, data, []sdc.Output{o}, sdc.CBS(), sdc.Options{Threads: threads})
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		table.Release()
		if err != nil {
			return err
		}
		out := r.Outputs[0]
		fmt.Fprintf(facts, "%8d rows  %-7s  %6d cells, %6d unsafe, %s\n", n, o.Name, out.Cells, out.UnsafeCells, out.Verdict)
		fmt.Fprintf(figures, "%8s %6.2f million rows/s, %.0f bytes allocated a row\n", "",
			float64(n)/took.Seconds()/1e6, float64(after.TotalAlloc-before.TotalAlloc)/float64(n))
	}
	return nil
}
