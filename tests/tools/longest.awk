# longest.awk -- "LINES FILE:FUNCTION" of the longest function of one C file in
# house style (body between "{" and "}" in the first column).
/^[a-z_]/ && /\(/ { name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
/^\{/ { start = NR }
/^\}/ && start {
	if (NR - start - 1 > best) {
		best = NR - start - 1
		where = name
	}
	start = 0
}
END { if (best) print best, FILENAME ":" where; else print 0, "-" }
