"""客户通 CRM: customers of the brokerage in a single-page application of the 2020s."""
