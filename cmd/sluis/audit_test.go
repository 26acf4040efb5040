package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// auditTable is the table of case 5 of the reference, ACTIVITY by SIZE.
const auditTable = `activity,size,value,n,top1,status
*,*,300,36,38,V
*,tr1,190,20,20,V
*,tr2,110,16,38,V
01,*,150,15,20,V
01,tr1,100,10,20,V
01,tr2,50,5,15,V
02,*,50,7,20,V
02,tr1,30,2,20,A
02,tr2,20,5,10,D
06,*,100,14,38,V
06,tr1,60,8,16,D
06,tr2,40,6,38,B
`

const auditGolden = `CONFIDENTIAL: values, intervals and statuses of suppressed cells: this must not leave the closed environment

Verdict: protected. Of 2 primary cells 0 are not protected, and of 0 it could not be decided.
Table:   12 cells with 7 sums: 8 safe, 2 primary, 2 secondary, 0 protected, 0 empty; 0 are in no row
Attack:  whole values, at least 0
Levels:  nk: n 1, percent 85
Not checked: coalitions of contributors
Not checked: whether one contributor stands alone in two cells of which neither lies in the other: no column of owners is given
Not checked: sums of suppressed cells: such a sum can be worked out, and can itself have too few contributors or a dominant one
Not checked: shares: whether a suppressed cell is known to hold too large a share of its line, which group rules ask
Not checked: other tables that share cells with this one, earlier releases, and what else may be known

Suppressed (activity, size: status; value; interval; level below, above, apart; verdict)
  02, tr1: primary (A); 30; [0, 50]; must not be known exactly; protected
  02, tr2: secondary (D); 20; [0, 50]
  06, tr1: secondary (D); 60; [40, 90]
  06, tr2: primary (B); 40; [10, 60]; 5, 5, 0; protected
`

func TestAudit(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "t.csv")
	write(t, name, auditTable)
	args := []string{"audit", name, "--by", "activity,size", "--contributors", "n", "--largest", "top1", "--nk", "1,85", "--min", "3"}
	code, text := verb(t, append(args, "--json", filepath.Join(dir, "a.json"))...)
	if code != 0 || text != auditGolden {
		t.Errorf("exit status %d:\n%s", code, text)
	}
	var doc struct {
		Schema, Verdict string
		Suppressed      []struct {
			Cell     map[string]*string
			Interval struct{ Least, Greatest *string }
		}
	}
	raw, err := os.ReadFile(filepath.Join(dir, "a.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Schema != "sluis.audit/1" || doc.Verdict != "protected" || len(doc.Suppressed) != 4 || *doc.Suppressed[3].Interval.Greatest != "60" {
		t.Errorf("%+v", doc)
	}
	// 38 of 40, opened by itself, and what it protects gives it away.
	write(t, name, strings.Replace(auditTable, "20,5,10,D", "20,5,10,V", 1))
	if code, text := verb(t, args...); code != exitUnsafe || !strings.Contains(text, "02, tr1: primary (A); 30; [30, 30]; must not be known exactly; unprotected: the value is worked out exactly") {
		t.Errorf("exit status %d:\n%s", code, text)
	}
	// Without values a level cannot be decided.
	write(t, name, strings.Replace(auditTable, ",40,6,38,B", ",x,6,,B", 1))
	if code, text := verb(t, args...); code != exitReview {
		t.Errorf("exit status %d:\n%s", code, text)
	}
}

// TestAuditExits: what is wrong with the flags, and what with the table.
func TestAuditExits(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "t.csv")
	write(t, name, auditTable)
	by := []string{"audit", name, "--by", "activity,size"}
	for _, c := range []struct {
		args []string
		want int
		says string
	}{
		{[]string{"audit", name}, exitUsage, "--by"},
		{append(by, "--p", "10"), exitUsage, "largest contributions"},
		{append(by, "--codes", "greek"), exitUsage, "tau-letters"},
		{append(by, "--total", "Total"), exitUsage, "its total"},
		{append(by, "--total", "colour=T"), exitUsage, "colour"},
		{append(by, "--hierarchy", "colour=x.hrc"), exitUsage, "colour"},
		{append(by, "--hierarchy", "size="+filepath.Join(dir, "none.hrc")), exitFailure, "none.hrc"},
		{append(by, "--values", "many"), exitUsage, "whole"},
		{append(by, "--absent", "maybe"), exitUsage, "--absent"},
		{append(by, "--delimiter", ";;"), exitUsage, "delimiter"},
		{append(by, "--metadata", "x.rda"), exitUsage, "--by"},
		{append(by, "--value", "top1"), exitFailure, "not the sum of its parts"},
		{[]string{"audit", filepath.Join(dir, "none.csv"), "--by", "a"}, exitFailure, "none.csv"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			if code, text := verb(t, c.args...); code != c.want || !strings.Contains(text, c.says) {
				t.Errorf("%v: exit status %d: %s", c.args[2:], code, text)
			}
		})
	}
}

// TestAuditArgus reads a table for tau-ARGUS with its metadata and hierarchy, and the
// same as it is written, by code, value, frequency and status, without a header.
func TestAuditArgus(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "r.hrc"), "Nr\n@ 1\n@ 2\nZd\n")
	write(t, filepath.Join(dir, "t.rda"), `   <SEPARATOR> ";"
   <SAFE> "S"
   <UNSAFE> "U"
   <PROTECT> "P"
Region
   <RECODEABLE>
   <TOTCODE> "Total"
   <HIERARCHICAL>
   <HIERCODELIST> "D:\Tau\r.hrc"
   <HIERLEADSTRING> "@"
Size
   <RECODEABLE>
   <TOTCODE> "Total"
Var
   <NUMERIC>
   <DECIMALS> 1
Freq
   <FREQUENCY>
Top1
   <MAXSCORE>
Top2
   <MAXSCORE>
Status
   <STATUS>
`)
	var b strings.Builder
	cells := []struct {
		region, size string
		value        int
		tops, status string
	}{
		{"Total", "Total", 300, "90;50", "S"}, {"Total", "a", 150, "90;30", "S"}, {"Total", "b", 150, "50;30", "S"},
		{"Nr", "Total", 200, "90;50", "S"}, {"Nr", "a", 100, "90;5", "M"}, {"Nr", "b", 100, "50;30", "M"},
		{" 1", "Total", 120, "90;5", "S"}, {" 1", "a", 96, "90;5", "U"}, {" 1", "b", 24, "10;5", "M"},
		{" 2", "Total", 80, "50;20", "S"}, {" 2", "a", 4, "2;1", "M"}, {" 2", "b", 76, "50;20", "M"},
		{"Zd", "Total", 100, "30;20", "S"}, {"Zd", "a", 50, "20;20", "M"}, {"Zd", "b", 50, "30;10", "M"},
	}
	flat := ""
	for _, c := range cells {
		fmt.Fprintf(&b, "\"%s\";\"%s\";%d.0;9;%s;%s\n", c.region, c.size, c.value, c.tops, c.status)
		number := map[string]int{"S": 1, "U": 3, "M": 11}[c.status]
		flat += fmt.Sprintf("%s;%s;%d,0;9;%d\n", c.region, c.size, c.value, number)
	}
	write(t, filepath.Join(dir, "t.tab"), b.String())
	write(t, filepath.Join(dir, "flat.txt"), flat)
	// 10 % of 90, less what the others have, 1: a level of 8.
	code, text := verb(t, "audit", filepath.Join(dir, "t.tab"), "--metadata", filepath.Join(dir, "t.rda"), "--p", "10")
	if code != 0 || !strings.Contains(text, "1, a: primary (U); 96.0; [0.0, 120.0]; 8.0, 8.0, 0.0; protected") {
		t.Errorf("exit status %d:\n%s", code, text)
	}
	flags := []string{"audit", filepath.Join(dir, "flat.txt"), "--header=false", "--by", "1,2", "--value", "3", "--contributors", "4", "--status", "5",
		"--delimiter", ";", "--decimal", ",", "--total", "Total", "--hierarchy", "1=" + filepath.Join(dir, "r.hrc")}
	if code, text := verb(t, flags...); code != 0 || !strings.Contains(text, "none given: no value may be determined exactly") {
		t.Errorf("exit status %d:\n%s", code, text)
	}
	if code, text := verb(t, append(flags, "--range", "60")...); code != exitUnsafe {
		t.Errorf("exit status %d:\n%s", code, text)
	}
}

// TestAuditReleases audits what protect writes, from the releases alone: no value of
// a suppressed cell is worked out.
func TestAuditReleases(t *testing.T) {
	dir := protectData(t)
	out := filepath.Join(dir, "out")
	if code, text := verb(t, "protect", filepath.Join(dir, "spec.yaml"), "--out", out); code != 0 {
		t.Fatalf("exit status %d: %s", code, text)
	}
	for name, by := range map[string]string{"n": "region,sector", "m": "sector,size", "turnover": "region,sector"} {
		t.Run(name, func(t *testing.T) {
			for _, status := range []string{"status", "status_tau"} {
				code, text := verb(t, "audit", filepath.Join(out, "release", name+".release.csv"), "--by", by, "--status", status)
				if code != 0 || !strings.Contains(text, "Verdict: protected") {
					t.Errorf("%s, %s: exit status %d:\n%s", name, status, code, text)
				}
			}
		})
	}
}
