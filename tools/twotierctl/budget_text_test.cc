#include "tools/twotierctl/budget_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace twotier::ctl {
namespace {

TEST(BudgetTextTest, AmountsAreGroupedByThousands) {
  EXPECT_EQ(AmountText(0), "0");
  EXPECT_EQ(AmountText(999), "999");
  EXPECT_EQ(AmountText(1'000), "1,000");
  EXPECT_EQ(AmountText(-1'234'567), "-1,234,567");
  EXPECT_EQ(AmountText(-123), "-123");
  EXPECT_EQ(AmountText(std::numeric_limits<int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(BudgetTextTest, NamesAreShortAndBack) {
  const std::string name = "provinces/48/accounts/2027.paid.u1.x.x.x.x.x";
  EXPECT_EQ(ShortAccount(name), "48/2027.paid.u1.x.x.x.x.x");
  EXPECT_EQ(AccountName(ShortAccount(name)), name);
  EXPECT_EQ(AccountName(name), name);
  EXPECT_EQ(JournalName("48/pay-1"), "provinces/48/journals/pay-1");
  EXPECT_EQ(ShortJournal("provinces/48/journals/pay-1"), "48/pay-1");
}

TEST(BudgetTextTest, AStatementIsATable) {
  budget::v1::GetStatementResponse statement;
  budget::v1::StatementEntry* entry = statement.add_entries();
  entry->set_journal("provinces/48/journals/pay-1");
  entry->set_number(1);
  entry->set_kind(budget::v1::TRANSFER_KIND_POST);
  entry->mutable_effective_date()->set_year(2026);
  entry->mutable_effective_date()->set_month(11);
  entry->mutable_effective_date()->set_day(2);
  entry->mutable_post_time()->set_seconds(1'793'584'800);
  entry->set_debit(true);
  entry->set_other_account("provinces/48/accounts/a");
  entry->set_amount_vnd(1'500);
  entry->mutable_act()->set_number("31/NQ");
  entry->set_journal_text("Chi \"lương\", tháng 11");
  entry->mutable_after()->set_balance_vnd(8'500);
  EXPECT_EQ(StatementCsv(statement),
            "effective_date,post_time,journal,number,kind,other_account,debit_vnd,credit_vnd,"
            "balance_vnd,held_vnd,act,text\n"
            "2026-11-02,2026-11-02 09:00,provinces/48/journals/pay-1,1,post,"
            "provinces/48/accounts/a,1500,,8500,0,31/NQ,\"Chi \"\"lương\"\", tháng 11\"\n");
}

}  // namespace
}  // namespace twotier::ctl
