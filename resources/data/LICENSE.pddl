hs_2022.csv comes from https://github.com/datasets/harmonized-system, whose README says:

    All data is licensed under the ODC Public Domain Dedication and Licence (PDDL)
    http://opendatacommons.org/licenses/pddl/1-0/

The data comes from UN Comtrade; the nomenclature is the World Customs Organization's.
