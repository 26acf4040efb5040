// Opens report pages in a real browser and uses them: no error on the console,
// no request, no violation that axe-core finds, every finding within reach of the
// keyboard, filters, sorting, paging and folding. See README.md.
//
//	node report.mjs [--shots DIR] PAGE.html...
import { chromium } from "playwright-core";
import { readFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { tmpdir } from "node:os";
import { execFileSync } from "node:child_process";
import path from "node:path";
import assert from "node:assert/strict";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const args = process.argv.slice(2);
let shots = "";
if (args[0] === "--shots") [, shots] = args.splice(0, 2);
assert(args.length > 0, "name the pages to open");

const profile = mkdtempSync(path.join(tmpdir(), "sluis-browser-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  viewport: { width: 1280, height: 900 },
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

// look runs axe-core, which the page's policy would not let in, from outside.
async function look(page, name) {
  const session = await context.newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id, worldName: "axe" });
  const run = async (expression, awaitPromise) => {
    const r = await session.send("Runtime.evaluate", { expression, contextId: executionContextId, awaitPromise, returnByValue: true });
    assert(!r.exceptionDetails, `${name}: ${JSON.stringify(r.exceptionDetails)}`);
    return r.result.value;
  };
  await run(axe + ";0", false);
  const found = await run(`axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }).then((r) =>
    r.violations.map((v) => v.id + " (" + v.nodes.length + "): " + v.nodes.slice(0, 3).map((n) => n.target + " " + n.failureSummary).join(" | ")))`, true);
  await session.detach();
  assert.deepEqual(found, [], `${name}: axe-core`);
}

async function findings(page, box, name) {
  const rows = () => box.locator("tbody tr").count();
  const state = () => box.locator(".state").textContent();
  const total = Number(/(\d+)\D*$/.exec(await state())[1]);
  assert.equal(await rows(), Math.min(50, total), `${name}: one page of findings`);
  // Every page is reached by the keyboard alone.
  let seen = await rows();
  const turn = async (name) => {
    const button = box.locator(name);
    if (await button.isDisabled()) return 0;
    await button.focus();
    let turned = 0;
    if (total > 2000) {
      // The first by a key, the other hundreds without a picture of each.
      await page.keyboard.press("Enter");
      const [n, rows] = await box.evaluate((b, name) => {
        let n = 1, rows = b.querySelectorAll("tbody tr").length;
        for (const button = b.querySelector(name); !button.disabled; n++) { button.click(); rows += b.querySelectorAll("tbody tr").length; }
        return [n, rows];
      }, name);
      if (name === ".next") seen += rows;
      return n;
    }
    // A button that can be pressed no more loses the focus, or ends here.
    while (turned < 250 && (await button.evaluate((b) => !b.disabled))) {
      await page.keyboard.press("Enter");
      turned++;
      if (name === ".next") seen += await box.evaluate((b) => b.querySelectorAll("tbody tr").length);
    }
    return turned;
  };
  const turned = await turn(".next");
  assert.equal(seen, total, `${name}: pages hold all findings`);
  assert.equal(await turn(".prev"), turned, `${name}: and back`);
  // A search of all findings answers at once.
  const took = await box.evaluate((b) => {
    const input = b.querySelector("input"), start = performance.now();
    input.value = "a"; input.dispatchEvent(new Event("input"));
    input.value = ""; input.dispatchEvent(new Event("input"));
    return performance.now() - start;
  });
  if (total > 5000) console.log(`   ${name}: ${total} findings, searched twice in ${Math.round(took)} ms`);
  // A choice shows its rows alone, and all of them with the others.
  for (const choice of await box.locator("select[data-col]").all()) {
    const column = await choice.getAttribute("data-col");
    let sum = 0;
    for (const value of await choice.locator("option").evaluateAll((l) => l.slice(1).map((o) => o.value))) {
      await choice.selectOption(value);
      const shown = await box.locator("tbody tr").evaluateAll((l, c) => l.map((tr) => tr.cells[c].dataset.v ?? tr.cells[c].textContent), column);
      assert(shown.every((v) => v === value), `${name}: choice ${value}`);
      if (shown.length) sum += Number(/(\d+)\D*$/.exec(await state())[1]);
    }
    assert.equal(sum, total, `${name}: the choices add up`);
    await choice.selectOption("");
  }
  await box.locator("input").fill("no finding has this text");
  assert.equal(await rows(), 0, `${name}: search`);
  await box.locator("input").fill("");
  // Sorting by a number, and back.
  const numeric = await box.locator("th").evaluateAll((l) => l.findIndex((th, i) => i > 0 && th.matches(".n[data-sort]")));
  if (numeric > 0) {
    await box.locator(`th:nth-child(${numeric + 1}) button`).press("Enter");
    const values = await box.locator(`tbody td:nth-child(${numeric + 1})`).evaluateAll((l) => l.map((td) => Number(td.dataset.n)));
    assert.deepEqual(values, values.toSorted((a, b) => a - b), `${name}: sorted`);
    await box.locator("th:nth-child(1) button").press("Enter");
  }
}

async function table(page, section, name, most) {
  const visible = section.locator(".slice:not([hidden]) table.cross");
  const folds = visible.locator("tbody tr:not([hidden]) button.fold[aria-expanded=false]");
  if ((await folds.count()) > 0) {
    const before = await visible.locator("tbody tr:visible").count();
    const first = folds.first();
    await first.press("Enter");
    assert((await visible.locator("tbody tr:visible").count()) > before, `${name}: unfolding shows rows`);
    await visible.locator("tbody button.fold[aria-expanded=true]").first().press("Enter");
    assert.equal(await visible.locator("tbody tr:visible").count(), before, `${name}: folding hides them again`);
  }
  const cells = visible.locator("button.cell:visible");
  const n = await cells.count();
  if (n > 0) {
    const first = visible.locator("button.cell[tabindex='0']");
    assert.equal(await first.count(), 1, `${name}: one stop of Tab`);
    await first.focus();
    const panel = section.locator(".evidence");
    assert(await panel.isVisible(), `${name}: evidence by focus`);
    const told = new Set([await panel.textContent()]);
    let reached = 1;
    await page.keyboard.press("Home");
    for (let k = 1; k < Math.min(n, most); k++) {
      await page.keyboard.press("ArrowRight");
      told.add(await panel.textContent());
      reached++;
    }
    assert.equal(reached, Math.min(n, most));
    assert.equal(await cells.nth(reached - 1).evaluate((b) => b === document.activeElement), true, `${name}: arrows reach every marked cell`);
    await page.keyboard.press("Escape");
    assert(await panel.isHidden(), `${name}: Escape`);
    await page.mouse.move(0, 0); // a pointer that rests on the cell already does not enter the cell
    await cells.first().hover();
    assert(await panel.isVisible(), `${name}: evidence by pointing`);
  }
  // From a finding to its cell, which may be folded away.
  const link = section.locator(".findings tbody a");
  for (let k = 0; k < Math.min(5, await link.count()); k++) {
    await link.nth(k).press("Enter");
    await page.waitForFunction(() => document.activeElement.matches("button.cell") && "#" + document.activeElement.parentElement.id === location.hash);
  }
}

// paper prints the page and wants every finding and every page of every table on it.
async function paper(page, name) {
  const want = await page.evaluate(() => {
    dispatchEvent(new Event("beforeprint"));
    const rules = {};
    for (const td of document.querySelectorAll(".findings tbody code")) rules[td.textContent] = (rules[td.textContent] ?? 0) + 1;
    const rows = document.querySelectorAll(".findings tbody tr").length;
    dispatchEvent(new Event("afterprint"));
    const shown = document.querySelectorAll(".findings tbody tr").length;
    return { rules, rows, shown };
  });
  const state = await page.locator(".findings .state").allTextContents();
  const total = state.reduce((n, s) => n + Number((/(\d+)\D*$/.exec(s) ?? [0, 0])[1]), 0);
  assert.equal(want.rows, total, `${name}: paper holds all findings`);
  assert(want.shown <= 50 * state.length, `${name}: the screen has its pages of findings back`);
  const file = path.join(profile, "page.pdf");
  await page.pdf({ path: file });
  if (!reads) return;
  const text = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8", maxBuffer: 1 << 28 });
  for (const [rule, n] of Object.entries(want.rules)) {
    const seen = text.split(new RegExp(`(?<![\\w-])${rule}(?![\\w-])`)).length - 1;
    assert(seen >= n, `${name}: ${n} findings of ${rule}, ${seen} on paper`);
  }
  for (const title of await page.locator(".slice h4").allTextContents()) {
    const words = title.split(/\s+/).filter((w) => /^[A-Za-z]{4,20}$/.test(w));
    for (const w of words) assert(text.includes(w), `${name}: the page of a table is not on paper`);
  }
}

const reads = (() => { try { execFileSync("pdftotext", ["-v"], { stdio: "ignore" }); return true; } catch { return false; } })();

let failures = 0;
for (const file of args) {
  const started = Date.now();
  const page = await context.newPage();
  const noise = [], requests = [];
  page.on("console", (m) => noise.push(`${m.type()}: ${m.text()}`));
  page.on("pageerror", (e) => noise.push(String(e)));
  page.on("request", (r) => requests.push(r.url()));
  const url = pathToFileURL(path.resolve(file)).href;
  const name = path.basename(path.dirname(path.resolve(file))) + "/" + path.basename(file);
  try {
    await page.goto(url);
    const loaded = Date.now() - started;
    // axe-core reads ten thousand marked cells for minutes: such a page once.
    const large = statSync(file).size > 2e6;
    await look(page, name + ", light");
    if (!large) {
      await page.emulateMedia({ colorScheme: "dark" });
      await look(page, name + ", dark");
      await page.emulateMedia({ colorScheme: "light" });
    }
    for (const section of await page.locator("section.output").all()) {
      const id = await section.getAttribute("id");
      if (await section.locator("table.cross").count()) await table(page, section, `${name} ${id}`, large ? 25 : 400);
      if (await section.locator(".findings").count()) await findings(page, section.locator(".findings"), `${name} ${id}`);
    }
    if (!large) await look(page, name + ", after use");
    if (!large) await paper(page, name);
    assert.deepEqual(noise, [], `${name}: console`);
    assert.deepEqual(requests.filter((u) => u !== url && !u.startsWith(url + "#") && u !== "data:,"), [], `${name}: requests`);
    if (shots) {
      const base = path.join(shots, path.basename(file, ".html"));
      await page.goto(url);
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${base}-${colorScheme}.png` });
      }
      await page.emulateMedia({ colorScheme: "light", media: "print" });
      await page.screenshot({ path: `${base}-print.png` });
    }
    console.log(`ok ${name}: open in ${loaded} ms, all in ${Date.now() - started} ms`);
  } catch (e) {
    failures++;
    console.log(`FAILED ${name}: ${e.message}`);
  }
  await page.close();
}
await context.close();
rmSync(profile, { recursive: true, force: true });
process.exit(failures ? 1 : 0);
