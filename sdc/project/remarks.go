package project

import (
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/sdc/source"
)

// SourceRemarks returns the remarks on the files that were read. given says that the spec
// has their hashes.
func SourceRemarks(files []source.FileInfo, given bool) []sdc.Remark {
	var noSum, open, copies int64
	seen := map[string]bool{}
	for _, f := range files {
		if f.NoChecksum {
			noSum++
		}
		if f.Open {
			open++
		}
		if seen[f.SHA256] && f.Rows != 0 {
			copies++
		}
		seen[f.SHA256] = true
	}
	var out []sdc.Remark
	add := func(name string, count int64, v sdc.Verdict, id words.ID) {
		if count > 0 {
			out = append(out, sdc.Remark{Name: name, Count: count, Verdict: v, Message: words.New(id)})
		}
	}
	if !given {
		add("no-checksum", noSum, sdc.Safe, words.NoChecksum)
	}
	// A person who allows open streams does not know the lost batches: a reviewer must
	// decide.
	add("open-stream", open, sdc.Review, words.OpenStream)
	// The spec says that both are meant.
	add("copies", copies, sdc.Safe, words.CopiedFiles)
	return out
}

// thousands is the remark that a check makes on a column of numbers that may be a thousand
// times too small: reports that no check makes have the remark too.
func thousands(column string) sdc.Remark {
	return sdc.Remark{Name: "thousands", Column: column, Verdict: sdc.Review, Message: words.New(words.Grouped)}
}
