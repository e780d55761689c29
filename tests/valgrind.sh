#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Unit tests and the programs' experiments under valgrind: no error, no leak.

memcheck="valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite"
export CK_FORK=no
# So that no program finds better ones and begins anew, which valgrind cannot follow (cli/environment.h).
export OMP_WAIT_POLICY=passive OPENBLAS_CORETYPE=Prescott
make --no-print-directory -j"$(nproc)" units programs || exit 1
# Those that do not need one another run side by side.
list() {
  find tests/unit -mindepth 2 -name '*.c' | sed 's|^\(.*\)\.c$|build/\1|' | while read -r unit; do
    case $unit in
      */num/error | */harness/judge) ;; # they run out of memory, crash and hang on purpose
      */model/gmm_fast | */model/bmm_fast | */model/vae_fast | */prob/gradient | */data/number) ;; # minutes of arithmetic; the sanitizers see them
      *) echo "$unit" ;;
    esac
  done
  for program in build/bin/*; do
    case $program in */*-mixture | */elbo | */gradients | */vae) ;; *) echo "$program --quick" ;; esac
    echo "$program --help"
  done
}
list | xargs -P "$(nproc)" -I {} sh -c 'log=$(mktemp)
  if '"$memcheck"' {} > "$log" 2>&1; then echo "ok {}"; else echo "FAILED {}"; cat "$log"; fi
  rm "$log"' > build/valgrind.out
passed=$(grep -c '^ok ' build/valgrind.out)
failed=$(grep -c '^FAILED ' build/valgrind.out)
grep -v '^ok ' build/valgrind.out

judge() {
  if "$@" > build/valgrind.log 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED $*"
    cat build/valgrind.log
  fi
}

printf '1,2,3\n4,5,6\n' > build/valgrind.csv
judge $memcheck build/bin/log-sum-exp build/valgrind.csv
judge $memcheck build/bin/responsibilities build/valgrind.csv
judge $memcheck build/bin/responsibilities --format json build/valgrind.csv
judge $memcheck build/bin/gaussian-mixture fit chapters/02-gaussian-mixture/faithful.csv --restarts 1 --threads 2 --model build/valgrind.json
judge $memcheck build/bin/gaussian-mixture predict chapters/02-gaussian-mixture/faithful.csv --model build/valgrind.json
judge $memcheck build/bin/gaussian-mixture sample --model build/valgrind.json --count 10
printf '1,0,1\n0,1,1\n1,0,1\n' > build/valgrind.csv
judge $memcheck build/bin/bernoulli-mixture fit build/valgrind.csv --restarts 2 --threads 2 --model build/valgrind.json
judge $memcheck build/bin/bernoulli-mixture predict build/valgrind.csv --model build/valgrind.json
judge $memcheck build/bin/bernoulli-mixture sample --model build/valgrind.json --count 10
judge $memcheck build/bin/vae train build/valgrind.csv --hidden 5 --epochs 2 --threads 2 --model build/valgrind.vae
judge $memcheck build/bin/vae score build/valgrind.csv --samples 5 --model build/valgrind.vae
judge $memcheck build/bin/vae encode build/valgrind.csv --model build/valgrind.vae
judge $memcheck build/bin/vae sample --model build/valgrind.vae --count 10
judge $memcheck build/bin/gradients gaussian --samples 1000
judge $memcheck build/bin/elbo --gaussian --x 1 --noise-sd 0.5 --q-mean 0 --q-sd 1 --draws 1000
echo "$passed passed, $failed failed"
[ $failed = 0 ]
