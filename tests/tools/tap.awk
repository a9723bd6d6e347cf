# tap.awk -- read one TAP file that ends with "# exit STATUS"; print
# "PASSED FAILED SKIPPED".  With show=1 print the failures and their comments
# instead.  A missing or wrong plan, a status that is not 0 without a failed
# test, and a skip without a reason are failures of their own.
# must=1: a skip is a failure.
function fail(text) {
	failed++
	if (show)
		print "    not ok - " text
}
/^not ok/ {
	seen++
	failed++
	talking = show
	if (show)
		print "    " $0
	next
}
/^ok/ {
	seen++
	talking = 0
	if (match($0, /# *[Ss][Kk][Ii][Pp]/)) {
		reason = substr($0, RSTART + RLENGTH)
		gsub(/[ \t]/, "", reason)
		if (reason == "")
			fail("skip without a reason: " $0)
		else if (must)
			fail("must not be skipped: " $0)
		else
			skipped++
	} else {
		passed++
	}
	next
}
/^1\.\.[0-9]+/ {
	planned = 1
	plan = substr($1, 4) + 0
	if (plan == 0) {
		if (must || $0 !~ /# *[Ss][Kk][Ii][Pp] +[^ ]/)
			fail("everything skipped: " $0)
		else
			skipped++
	}
	next
}
/^# exit [0-9]+$/ {
	status = $3
	next
}
/^Bail out!/ {
	fail($0)
}
{
	last[++lines] = $0
	if (talking)
		print "    " $0
}
END {
	if (status == 77 && !seen && !planned) {
		if (must)
			fail("must not be skipped: " last[lines])
		else if (lines == 0)
			fail("skip without a reason")
		else
			skipped++
	} else {
		if (!planned)
			fail("no plan")
		else if (plan != seen)
			fail("planned " plan " tests, saw " seen)
		if (status != 0 && !failed)
			fail("exit status " status)
		if (show && (status != 0 || !planned || plan != seen))
			for (i = lines > 15 ? lines - 14 : 1; i <= lines; i++)
				print "    | " last[i]
	}
	if (!show)
		print passed + 0, failed + 0, skipped + 0
}
