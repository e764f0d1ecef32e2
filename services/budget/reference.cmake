# Rules and reference data of public finance.
twotier_library(budget_law
  SRCS
    domain/budget_steps.cc
    domain/budget_year.cc
    domain/classification.cc
    domain/competence.cc
    domain/contingency.cc
    domain/credit_line.cc
    domain/law.cc
    domain/limits.cc
    domain/reconciliation.cc
    domain/shared_taxes.cc
    domain/treasury_code.cc
    domain/year_close.cc
  DEPS twotier_base twotier_calendar absl::flat_hash_map absl::int128 absl::span)
twotier_test(budget_public_finance_test SRCS domain/public_finance_test.cc DEPS budget_law)
twotier_test(budget_reconciliation_test
  SRCS domain/reconciliation_test.cc
  DEPS budget_law rapidcheck_gtest)

twotier_library(budget_spending SRCS domain/spending.cc DEPS budget_domain budget_law)
twotier_test(budget_spending_test SRCS domain/spending_test.cc DEPS budget_spending)

# Reference data as files.
twotier_library(budget_files
  SRCS reference_file.cc treasury_file.cc
  DEPS budget_law twotier_calendar_file twotier_csv)
twotier_test(budget_reference_file_test SRCS reference_file_test.cc DEPS budget_files)
twotier_test(budget_calendar_test SRCS budget_calendar_test.cc DEPS budget_files)
twotier_test(budget_treasury_file_test SRCS treasury_file_test.cc DEPS budget_files)
