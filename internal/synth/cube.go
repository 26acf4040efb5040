package synth

// Hierarchy is a tree of codes by number: the parent of code i, which comes
// before it. Code 0 is the total and has parent -1. A parent has at least two
// codes below it.
type Hierarchy []int32

// NewHierarchy makes a tree with the given number of codes, at least 3. It fills the tree
// level by level with two to 2*fan-2 codes below a parent, fan on average. fan must be at
// least 2.
func NewHierarchy(seed uint64, codes, fan int) Hierarchy {
	r := row(seed, saltHierarchy, int64(codes))
	h := Hierarchy{-1}
	for p := int32(0); len(h) < codes; p++ {
		below := 2 + int(r.below(uint64(2*max(fan, 2)-3)))
		if rest := codes - len(h); below >= rest-1 {
			below = rest
		}
		for range below {
			h = append(h, p)
		}
	}
	return h
}

// Leaves reports of every code whether it has none below it.
func (h Hierarchy) Leaves() []bool {
	leaf := make([]bool, len(h))
	for i := range h {
		leaf[i] = true
	}
	for _, p := range h[1:] {
		leaf[p] = false
	}
	return leaf
}

// CubeOptions describe a table of counts over hierarchies.
type CubeOptions struct {
	Seed uint64
	// Hierarchies holds one tree a variable. Required.
	Hierarchies []Hierarchy
	// Tables lists the tables made of the data, each by the numbers of its
	// variables: linked tables share the cells that they have in common. Defaults
	// to one table of all the variables.
	Tables [][]int
	// Zeros is the percentage of the finest cells that are empty. Negative stands for
	// none. Defaults to 30.
	Zeros int
	// Magnitude asks for a response beside the counts.
	Magnitude bool
}

// Cube is a table, or several linked ones, with all totals. Cells are numbered
// from 0, in the order of the codes, the last variable fastest.
type Cube struct {
	// Count is the number of contributors to every cell.
	Count []int64
	// Sum, First and Second are the total of the responses of the contributors and
	// the two largest of them, where asked for; they are not negative.
	Sum, First, Second []int64
	// Total and Parts are the relations: cell Total[r] is the sum of the cells
	// Parts[r].
	Total []int32
	Parts [][]int32
	// Code holds the codes of every cell, one a variable.
	Code [][]int32
}

// NewCube makes the cells and all the relations between them. Three in ten of
// the finest cells are zero, and the others are skewed: as many have 1 as have 2
// or 3, as 4 to 7, and so on up to 255. Linear in cells times variables.
func NewCube(o CubeOptions) *Cube {
	if o.Zeros == 0 {
		o.Zeros = 30
	}
	dims := len(o.Hierarchies)
	stride := make([]int, dims)
	n := 1
	for v := dims - 1; v >= 0; v-- {
		stride[v] = n
		n *= len(o.Hierarchies[v])
	}
	leaf := make([][]bool, dims)
	for v, h := range o.Hierarchies {
		leaf[v] = h.Leaves()
	}
	c := &Cube{Count: make([]int64, n)}
	if o.Magnitude {
		c.Sum, c.First, c.Second = make([]int64, n), make([]int64, n), make([]int64, n)
	}
	code := make([]int32, n*dims)
	for i := range n {
		finest := true
		for v := range dims {
			k := i / stride[v] % len(o.Hierarchies[v])
			code[i*dims+v] = int32(k)
			finest = finest && leaf[v][k]
		}
		c.Code = append(c.Code, code[i*dims:(i+1)*dims:(i+1)*dims])
		if finest {
			c.fill(i, o)
		}
	}
	for v, h := range o.Hierarchies {
		for i := n - 1; i >= 0; i-- {
			k := code[i*dims+v]
			if k > 0 {
				c.merge(i-int(k-h[k])*stride[v], i)
			}
		}
	}
	c.relate(o.Hierarchies, stride)
	if o.Tables != nil {
		c.keep(o.Tables)
	}
	return c
}

// fill draws one of the finest cells.
func (c *Cube) fill(i int, o CubeOptions) {
	r := row(o.Seed, saltCube, int64(i))
	if int(r.below(100)) < o.Zeros {
		return
	}
	e := r.below(8)
	c.Count[i] = int64(1<<e + r.below(1<<e))
	if !o.Magnitude {
		return
	}
	for range c.Count[i] {
		x := r.heavy(100)
		c.Sum[i] += x
		c.top(i, x)
	}
}

// top enters a response into the two largest of a cell.
func (c *Cube) top(i int, x int64) {
	if x > c.First[i] {
		x, c.First[i] = c.First[i], x
	}
	c.Second[i] = max(c.Second[i], x)
}

// merge adds one cell to another.
func (c *Cube) merge(into, i int) {
	c.Count[into] += c.Count[i]
	if c.Sum != nil {
		c.Sum[into] += c.Sum[i]
		c.top(into, c.First[i])
		c.top(into, c.Second[i])
	}
}

// relate lists the relations of all variables.
func (c *Cube) relate(hs []Hierarchy, stride []int) {
	for v, h := range hs {
		below := make([][]int32, len(h))
		for k, p := range h[1:] {
			below[p] = append(below[p], int32(k+1))
		}
		for i, code := range c.Code {
			list := below[code[v]]
			if len(list) == 0 {
				continue
			}
			parts := make([]int32, len(list))
			for j, k := range list {
				parts[j] = int32(i + int(k-code[v])*stride[v])
			}
			c.Total = append(c.Total, int32(i))
			c.Parts = append(c.Parts, parts)
		}
	}
}

// keep leaves the cells of some tables alone, numbered anew.
func (c *Cube) keep(tables [][]int) {
	dims := len(c.Code[0])
	in := make([][]bool, len(tables))
	for t, vars := range tables {
		in[t] = make([]bool, dims)
		for _, v := range vars {
			in[t][v] = true
		}
	}
	kept := func(code []int32) bool {
		for t := range in {
			ok := true
			for v, k := range code {
				ok = ok && (k == 0 || in[t][v])
			}
			if ok {
				return true
			}
		}
		return false
	}
	number := make([]int32, len(c.Code))
	n := int32(0)
	for i, code := range c.Code {
		number[i] = -1
		if !kept(code) {
			continue
		}
		number[i] = n
		c.Code[n], c.Count[n] = code, c.Count[i]
		if c.Sum != nil {
			c.Sum[n], c.First[n], c.Second[n] = c.Sum[i], c.First[i], c.Second[i]
		}
		n++
	}
	c.Code, c.Count = c.Code[:n], c.Count[:n]
	if c.Sum != nil {
		c.Sum, c.First, c.Second = c.Sum[:n], c.First[:n], c.Second[:n]
	}
	r := 0
	for k, parts := range c.Parts {
		all := number[c.Total[k]] >= 0
		for j, p := range parts {
			parts[j] = number[p]
			all = all && number[p] >= 0
		}
		if all {
			c.Total[r], c.Parts[r] = number[c.Total[k]], parts
			r++
		}
	}
	c.Total, c.Parts = c.Total[:r], c.Parts[:r]
}
