package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/sluis-go/sluis/internal/staging"
)

// TestKilledWithKeys: a run that is killed while it writes a key, a table or shares
// leaves whole files and staging folders for its user alone, and the next run to write
// there removes these.
func TestKilledWithKeys(t *testing.T) {
	if _, err := os.Stat("/proc/self/exe"); err != nil {
		t.Skip("processes cannot be started here")
	}
	var raw strings.Builder
	raw.WriteString("id\n")
	for i := range 3000 {
		raw.WriteString("p" + strings.Repeat("0", i%7) + time.Duration(i).String() + "\n")
	}
	dir := folder(t, "raw.csv", raw.String())
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	if status, _, errs := sluis(t, "key", "new", at("key")); status != 0 {
		t.Fatal(errs)
	}
	kills := 6
	if os.Getenv("SLUIS_LONG") != "" {
		kills = 200
	}
	rng := rand.New(rand.NewPCG(16, 6))
	for _, tc := range []struct {
		name string
		args func(out string) []string
	}{
		{"key new", func(out string) []string { return []string{"key", "new", out} }},
		{"linkage build", func(out string) []string {
			return []string{"linkage", "build", at("raw.csv"), out, "--column", "id", "--form", "text", "--key-file", at("key"), "--domain", "p/v", "--recipient", id.Recipient().String()}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out := at(strings.ReplaceAll(tc.name, " ", "-"))
			if err := os.Mkdir(out, 0o700); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			cmd, text := process(t, tc.args(out+"/x")...)
			if err := cmd.Wait(); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			took := time.Since(start)
			left := 0
			for range kills {
				os.Remove(out + "/x")
				cmd, _ := process(t, tc.args(out+"/x")...)
				time.Sleep(took/4 + time.Duration(rng.Int64N(int64(took))))
				cmd.Process.Kill()
				cmd.Wait()
				whole, stages := outside(t, out)
				left += stages
				if len(whole) > 1 || len(whole) == 1 && whole[0] != "x" {
					t.Errorf("%s leaves %q", tc.name, whole)
				}
				if len(whole) == 1 && tc.name == "key new" {
					if status, _, errs := sluis(t, "key", "id", out+"/x"); status != 0 {
						t.Errorf("the key is not whole: %s", errs)
					}
				}
			}
			// One that was killed for certain with a key in its hands.
			dead := filepath.Join(out, staging.Prefix+"dead")
			if err := os.Mkdir(dead, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dead, "secret"), []byte("SLUIS-KEY-"), 0o600); err != nil {
				t.Fatal(err)
			}
			os.Remove(out + "/x")
			next, text := process(t, tc.args(out+"/x")...)
			if err := next.Wait(); err != nil {
				t.Fatalf("the next run: %v: %s", err, text)
			}
			if whole, stages := outside(t, out); stages != 0 || len(whole) != 1 {
				t.Errorf("%s: the next run leaves %q and %d staging folders", tc.name, whole, stages)
			}
			t.Logf("%s: %d staging folders left and swept", tc.name, left)
		})
	}
}
