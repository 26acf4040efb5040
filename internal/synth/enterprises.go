package synth

import "fmt"

var (
	sectorTable = cumulate(zipf(len(Leaves(Sectors())), 3))
	sizeTable   = cumulate([]uint64{6000, 1800, 900, 500, 300, 150, 60, 20, 5})
	sizes       = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}
)

// enterprises is a business register. One in five belongs to a holding; a few
// holdings own much.
type enterprises struct{ seed uint64 }

func (e *enterprises) columns() []columnSpec {
	return []columnSpec{
		{name: "enterprise_id", text: func(v int64) string { return fmt.Sprintf("E%09d", v) }},
		{name: "holding_id", nullable: true},
		{name: "sector", labels: Leaves(Sectors())},
		{name: "size", labels: sizes},
		{name: "region", labels: Leaves(Regions())},
		{name: "employees"},
		{name: "turnover", nullable: true},
	}
}

func (e *enterprises) row(i int64, put []int64, null []bool) {
	r := row(e.seed, saltEnterprise, i)
	size := int64(r.pick(sizeTable))
	put[0] = i
	if null[1] = r.below(5) != 0; !null[1] {
		// A number with many zeros in front: small numbers own most.
		put[1] = int64(r.below(1 + r.below(1+r.below(200_000))))
	}
	put[2] = int64(r.pick(sectorTable))
	put[3] = size
	put[4] = int64(r.pick(regionTable))
	put[5] = int64(1)<<size + int64(r.below(1<<uint(size)))
	put[6] = r.heavy(uint64(40_000) << uint(size))
	if r.below(50) == 0 {
		null[6] = true // no answer
	}
}
