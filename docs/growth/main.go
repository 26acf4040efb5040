// Command growth draws how time and memory grow with cells, from the output of
// the benchmarks of elimination:
//
//	SLUIS_LONG=1 go test ./internal/linear -run '^$' -bench Eliminate -benchtime 1x |
//		go run ./docs/growth docs/elimination.svg
package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"image/color"
	"io"
	"log"
	"os"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: growth FILE.svg <BENCHMARKS")
	}
	runs, err := read(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	drawn, err := figure(runs)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(os.Args[1], drawn, 0o644); err != nil {
		log.Fatal(err)
	}
}

// run is one line of a benchmark.
type run struct {
	variables           int
	cells, seconds, mib float64
}

// read takes the lines that name a table by its sizes, as in Eliminate/[60_64]-2.
func read(r io.Reader) ([]run, error) {
	var runs []run
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		field := strings.Fields(lines.Text())
		if len(field) < 4 || !strings.HasPrefix(field[0], "Benchmark") {
			continue
		}
		x := run{variables: strings.Count(field[0], "_") + 1}
		for i := 2; i+1 < len(field); i += 2 {
			v, err := strconv.ParseFloat(field[i], 64)
			if err != nil {
				return nil, fmt.Errorf("field %d of a benchmark is not a number", i+1)
			}
			switch field[i+1] {
			case "ns/op":
				x.seconds = v / 1e9
			case "cells":
				x.cells = v
			case "peak-MiB":
				x.mib = v
			}
		}
		if !(x.cells > 0 && x.seconds > 0 && x.mib > 0) { // a logarithm is taken
			return nil, fmt.Errorf("%s: cells, ns/op and peak-MiB are needed", field[0])
		}
		runs = append(runs, x)
	}
	if len(runs) == 0 {
		return nil, errors.Join(lines.Err(), errors.New("no benchmark among the lines"))
	}
	slices.SortFunc(runs, func(a, b run) int { return cmp.Compare(a.cells, b.cells) })
	return runs, lines.Err()
}

// figure has time on the left and memory on the right, a line for each number of
// variables.
func figure(runs []run) ([]byte, error) {
	canvas := vgsvg.New(22*vg.Centimeter, 9*vg.Centimeter)
	tiles := draw.Tiles{Rows: 1, Cols: 2, PadX: vg.Centimeter, PadTop: 4, PadBottom: 4, PadLeft: 4, PadRight: 8}
	for i, of := range []struct {
		title string
		y     func(run) float64
	}{
		{"seconds", func(r run) float64 { return r.seconds }},
		{"peak MiB", func(r run) float64 { return r.mib }},
	} {
		p := plot.New()
		p.Title.Text, p.X.Label.Text = of.title, "cells"
		p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
		p.X.Tick.Marker, p.Y.Tick.Marker = plot.LogTicks{Prec: -1}, plot.LogTicks{Prec: -1}
		p.Legend.Top, p.Legend.Left = true, true
		p.Add(plotter.NewGrid())
		for k, variables := range []int{2, 3, 5} {
			var points plotter.XYs
			for _, r := range runs {
				if r.variables == variables {
					points = append(points, plotter.XY{X: r.cells, Y: of.y(r)})
				}
			}
			if len(points) == 0 {
				continue
			}
			line, marks, err := plotter.NewLinePoints(points)
			if err != nil {
				return nil, err
			}
			line.Color = []color.Color{color.RGBA{0, 90, 181, 255}, color.RGBA{220, 50, 32, 255}, color.RGBA{90, 90, 90, 255}}[k]
			marks.Color, marks.Shape = line.Color, []draw.GlyphDrawer{draw.CircleGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}}[k]
			p.Add(line, marks)
			p.Legend.Add(fmt.Sprint(variables, " variables"), line, marks)
		}
		p.Draw(tiles.At(draw.New(canvas), i, 0))
	}
	var b strings.Builder
	_, err := canvas.WriteTo(&b)
	return []byte(b.String()), err
}
