package dossier

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/sdc"
)

// statistics compares the policy of the run with the policy of the dossier. An unsafe
// output may leave as a verified release.
func (d *Dossier) statistics(run *Run, release *Verification) state {
	s := d.answer("statistics")
	if d.Policy.Name == "" {
		return missing(say("policy is empty", "policy is leeg"))
	}
	if run == nil || s.is != Answered {
		return s
	}
	if d.Policy.Name != run.Policy.Name || !strings.EqualFold(d.Policy.SHA256, run.Policy.SHA256) {
		return missing(say("the output was checked with another policy than the dossier names", "de uitkomst is met een ander beleid gecontroleerd dan het dossier noemt"))
	}
	switch {
	case release != nil && release.Problem == "" && !release.decided():
		return s.because(release.undecided())
	case release != nil && release.Problem == "" && run.Verdict != sdc.Review:
		return s.proven(say("checked with the policy, and %d released tables were verified", "gecontroleerd met het beleid, en %d gepubliceerde tabellen zijn geverifieerd", release.Tables))
	case run.Verdict == sdc.Safe:
		return s.proven(say("the verdict is safe", "het oordeel is veilig"))
	case run.Verdict == sdc.Review:
		return s.because(say("a reviewer must decide about the output", "een beoordelaar moet over de uitkomst beslissen"))
	}
	return s.because(say("the output is unsafe as it is", "de uitkomst is zo onveilig"))
}

// security lists the parts of the answer that this run has proven: who may read the
// files, and that the custodian of the keys signed the records of supplied sources.
func (d *Dossier) security(run *Run) state {
	s := d.answer("security")
	if run == nil || s.is != Answered {
		return s
	}
	if recorded, _ := d.pseudonymised(run); len(recorded) > 0 && len(d.Pseudonyms) > 0 && d.recorded(recorded) == (text{}) {
		s = s.because(say("proven in part: the custodian or a trusted key signed the records", "deels bewezen: de beheerder of een vertrouwde sleutel ondertekende de verslagen"))
	}
	var shut, ajar, unknown []string
	for _, f := range run.Access {
		switch f.By {
		case ByOwner:
			shut = append(shut, f.Name)
		case ByOthers:
			ajar = append(ajar, f.Name)
		default:
			unknown = append(unknown, f.Name)
		}
	}
	if len(shut) > 0 {
		s = s.because(say("proven in part: by their modes only the owner can read %s", "deels bewezen: volgens de rechten kan alleen de eigenaar lezen: %s", strings.Join(shut, ", ")))
	}
	if len(ajar) > 0 {
		s = s.because(say("by their modes others than the owner can read %s: look again", "volgens de rechten kunnen ook anderen dan de eigenaar lezen: %s: kijk nog eens", strings.Join(ajar, ", ")))
	}
	if len(unknown) > 0 {
		s = s.because(say("who can read is not known of %s", "wie kan lezen is niet bekend van %s", strings.Join(unknown, ", ")))
	}
	return s
}

// destruction is the state of step 19.
//
//   - Signed records prove the destruction of keys.
//   - For files it says which are gone. A moved file looks destroyed, so a person must
//     answer.
//   - A file that still exists, and a supplied source that no list names, contradict the
//     answer.
func (d *Dossier) destruction() state {
	s := d.answer("destruction")
	if s.is != Answered {
		return s
	}
	list := d.leftBehind()
	var left, unlisted []string
	var all text
	listed := map[string]bool{}
	for i, f := range list {
		listed[filepath.Base(f.name)] = true
		word := text{"gone", "weg"}
		if !f.gone {
			left, word = append(left, f.name), text{"still there", "nog aanwezig"}
		}
		if i > 0 {
			all = text{all.en + ", ", all.nl + ", "}
		}
		all = say("%s%s: %s", "%s%s: %s", all, f.name, word)
	}
	for _, x := range d.supplied() {
		if !listed[filepath.Base(x.File)] {
			unlisted = append(unlisted, x.File)
		}
	}
	if len(d.Destruction) > 0 {
		switch {
		case !d.keysDestroyed():
			return missing(say("not every key under pseudonyms has a signed record of its destruction", "niet iedere sleutel onder pseudonyms heeft een ondertekend verslag van vernietiging"))
		case len(left) > 0:
			return missing(say("%d of %d files are still where they were written: %s", "%d van de %d bestanden staan nog waar ze zijn geschreven: %s", len(left), len(list), strings.Join(left, ", ")))
		case len(unlisted) > 0:
			return missing(say("neither written nor a record lists the supplied source %s", "noch written noch een verslag noemt de geleverde bron %s", strings.Join(unlisted, ", ")))
		}
		s = s.because(say("proven in part: the key is destroyed", "deels bewezen: de sleutel is vernietigd"))
	}
	if len(list) == 0 {
		return s.because(say("written and records list no file, so nothing is known of copies", "written en records noemen geen bestand, dus over kopieën is niets bekend"))
	}
	return s.because(say("%d of %d listed files are gone (%s)", "%d van de %d genoemde bestanden zijn weg (%s)", len(list)-len(left), len(list), all)).
		because(say("a file that was moved looks the same", "een verplaatst bestand ziet er hetzelfde uit"))
}

// trace is a file that was written of supplied data.
type trace struct {
	name string // as the dossier has it, or from its folder
	gone bool
}

// leftBehind lists the files with supplied data that must be gone:
//
//   - the files under written;
//   - the output of every record of the dossier, which lies beside the record;
//   - the input of a record, where it still exists there.
//
// Data of CBS are not supplied data.
func (d *Dossier) leftBehind() []trace {
	var out []trace
	add := func(name string, always bool) {
		name = filepath.Clean(name)
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(d.dir, name)
		}
		_, err := os.Lstat(path)
		gone := os.IsNotExist(err)
		if (always || !gone) && !slices.ContainsFunc(out, func(t trace) bool { return t.name == name }) {
			out = append(out, trace{name, gone})
		}
	}
	for _, name := range d.Written {
		add(name, true)
	}
	for _, h := range d.found.list {
		ofCBS := slices.ContainsFunc(d.Sources, func(s Source) bool {
			return s.Origin == FromCBS && s.SHA256 != "" && strings.EqualFold(s.SHA256, h.Output.SHA256)
		})
		if ofCBS || !slices.Contains(d.Records, h.name) {
			continue
		}
		beside := func(name string, always bool) {
			if name != "" && filepath.Base(name) == name {
				add(filepath.Join(filepath.Dir(h.name), name), always)
			}
		}
		beside(h.Output.Name, true)
		for _, in := range h.Inputs {
			beside(in.Name, false)
		}
	}
	return out
}

// publication is proven by a release folder that was verified, and group rules in force.
func (d *Dossier) publication(run *Run, release *Verification) state {
	s := d.answer("publication")
	if release == nil || s.is != Answered {
		return s
	}
	if release.Problem != "" {
		return missing(say("the release does not hold: %s", "de publicatie klopt niet: %s", release.Problem))
	}
	if !release.decided() {
		return s.because(release.undecided())
	}
	why := say("%d released tables were verified", "%d gepubliceerde tabellen zijn geverifieerd", release.Tables)
	register := say("no ledger of releases was asked", "er is geen register van publicaties geraadpleegd")
	on, known := d.groupRules(run)
	switch {
	case !known:
		return s.because(why).because(say("whether rules about groups were in force is not known: the policy is a file", "of groepsregels aanstonden is niet bekend: het beleid is een bestand")).because(register)
	case !on:
		return s.because(why).because(say("the policy has no rule about groups in force", "in het beleid staat geen groepsregel aan")).because(register)
	}
	return s.proven(why.and(say("rules about groups are in force", "groepsregels staan aan")).and(register))
}

// groupRules reports whether a rule about groups is in force, by the run, or by the
// shipped policy that the dossier names.
func (d *Dossier) groupRules(run *Run) (on, known bool) {
	if run != nil {
		return slices.Contains(run.Rules, "group-disclosure") || slices.Contains(run.Rules, "group-remainder"), true
	}
	shipped := sdc.CBS()
	return !shipped.GroupDisclosure.Off || !shipped.GroupRemainder.Off, d.Policy == Policy{Name: shipped.Name}
}
