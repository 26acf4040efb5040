package lp

// crash chooses a first basis that is triangular. In each step the row with the fewest
// remaining columns takes the remaining column with the most room.
func (s *Solver) crash() {
	for j := range s.pos {
		s.pos[j] = -1
	}
	count := make([]int32, s.m)
	inRow := make([][]int32, s.m)
	for j := range s.n {
		rows, _ := s.column(int32(j))
		for _, r := range rows {
			inRow[r] = append(inRow[r], int32(j))
			count[r]++
		}
	}
	most := int32(0)
	for _, c := range count {
		most = max(most, c)
	}
	buckets := make([][]int32, most+1)
	for r := s.m - 1; r >= 0; r-- {
		buckets[count[r]] = append(buckets[count[r]], int32(r))
	}
	active := make([]bool, s.n)
	for j := range active {
		active[j] = true
	}
	done := make([]bool, s.m)
	room := func(j int32) float64 { return min(s.x[j]-s.lower[j], s.upper[j]-s.x[j]) }
	for k := int32(0); k <= most; {
		b := buckets[k]
		if len(b) == 0 {
			k++
			continue
		}
		r := b[len(b)-1]
		buckets[k] = b[:len(b)-1]
		if done[r] || count[r] != k {
			continue
		}
		done[r] = true
		best := int32(s.n) + r
		for _, j := range inRow[r] {
			if active[j] && (best >= int32(s.n) || room(j) > room(best)) {
				best = j
			}
		}
		s.head[r] = best
		s.pos[best] = r
		for _, j := range inRow[r] {
			if !active[j] {
				continue
			}
			active[j] = false
			rows, _ := s.column(j)
			for _, q := range rows {
				count[q]--
				if !done[q] {
					buckets[count[q]] = append(buckets[count[q]], q)
					k = min(k, count[q])
				}
			}
		}
	}
	s.fresh = false
}
