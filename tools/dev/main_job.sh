#!/usr/bin/env bash
# The suite's main job, once, on the running services: an address from before the merger, the body that is competent
# for a procedure there, a dossier from submission to result, money that cannot be overspent, and quotas of staff.
#
#   main_job.sh TWOTIERCTL [FLAG...]
set -euo pipefail

readonly ctl=("$@")
readonly address="Phường Thạch Thang, Quận Hải Châu, Đà Nẵng"
readonly divided="Phường Điện Biên, Quận Ba Đình, Hà Nội"
readonly procedure=1.004873  # Confirmation of marital status: decided by the commune in three working days.

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }

# Shows the command as a person would type it, and runs it.
run() {
  local argument
  printf '\033[2m$ ./dev ctl'
  for argument in "$@"; do
    if [[ $argument =~ ^[A-Za-z0-9_./:=-]+$ ]]; then
      printf ' %s' "$argument"
    else
      printf " '%s'" "$argument"
    fi
  done
  printf '\033[0m\n'
  "${ctl[@]}" "$@"
}

# ask FILTER COMMAND... : a value of the command's answer.
ask() {
  local filter=$1
  shift
  "${ctl[@]}" --json "$@" | jq -er "$filter"
}

step "1. What became of an address from before 1 July 2025"
run units resolve "$address"

step "   A unit that was divided: every successor is told, the caller says which part is meant"
run units resolve "$divided"

step "2. Who is competent for procedure $procedure there, and why"
run procedures search "tinh trang hon nhan"
run route explain "$procedure" "$address"
center=$(ask '.competence.reception_places[0].center' route explain "$procedure" "$address")

step "3. A dossier is submitted at the center that serves the unit, with the address as the citizen knows it"
submit=(dossiers submit --center "$center" --procedure "$procedure" --unit "$address"
  --full-name "Nguyễn Thị Mẫu" --address "$address" --component "Tờ khai xác nhận tình trạng hôn nhân")
# With a fixed request id, showing and reading the answer are one submission.
submit+=(--request-id "$(cat /proc/sys/kernel/random/uuid)")
run "${submit[@]}"
dossier=$(ask .dossier.name "${submit[@]}")

step "4. It is received: the clock starts, the due date is set"
echo "A change shows the request id it was made with. With --request-id the same command gives its first answer again."
run dossiers accept "$dossier"

step "5. A document is missing: the clock stands still until it comes"
run dossiers request-supplement "$dossier" --reason "Thiếu bản sao giấy tờ tùy thân"
run dossiers provide-supplement "$dossier" --component "copy:Bản sao căn cước"

step "6. It is decided, and the result is returned"
run dossiers complete "$dossier" --result KQ-1
run dossiers return "$dossier"

step "7. Every step stands in its timeline, each chained to the one before by its hash"
run dossiers track "$dossier"

step "8. Money: an account pays no more than it has received, whoever asks"
year=2027
account() { echo "00/$year.$1.x.x.x.x.x.x"; }
pay() {
  run budget post 00 "up-$(date +%s%N)-$1" --debit "$(account "$1")" --credit "$(account "$2")" --amount "$3" \
    --date "$(TZ=Asia/Ho_Chi_Minh date +%F)" --act "89/2025/QH15" --body national_assembly --text "Dự toán ngân sách trung ương năm $year"
}
run budget open 00 --year "$year" --stage source --stage estimate --stage approved
pay source estimate 1000000000
pay estimate approved 600000000
pay estimate approved 900000000000000 || echo "(refused with exit code $?)"
run budget statement "$(account estimate)"

step "9. Posts: what was published of the staff of Hồ Chí Minh City, and the quotas that hold today"
run staff published --province 79
run staff grant-published --province 79
run staff quotas --province 79
echo "The pool of vice chairs follows from the number of communes, 2.5 each: nobody is granted more."
run staff grant 79 --province 79 --line vice_chair --posts 421 --year "$(TZ=Asia/Ho_Chi_Minh date +%Y)" \
  --act "300/2025/NĐ-CP" || echo "(refused with exit code $?)"

step "The services run on; stop them with ./dev down. To go on:"
cat <<TEXT
  ./dev ctl --help                                    every command
  ./dev ctl methods                                   every RPC
  ./dev ctl centers coverage                          how far the country is covered
  ./dev ctl dossiers list ${dossier:10:2}                          the dossiers of this province
  ./dev ctl call registry.GetUnit '{"code": "20242"}' any RPC, in JSON
  README.md                                           the same from JavaScript
TEXT
