#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Line coverage of src/ by the unit tests, in build/coverage.

export B=build/coverage COVERAGE=1
find build/coverage -name '*.gcda' -delete 2> /dev/null
make --no-print-directory -j"$(nproc)" unit || exit 1
gcovr --root . --filter 'src/' --object-directory build/coverage --fail-under-line 95 > build/coverage/report.txt
status=$?
cat build/coverage/report.txt
exit $status
