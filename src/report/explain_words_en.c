// SPDX-License-Identifier: MIT
#include "report/explain_words.h"

const explain_words explain_words_en = {
    .language = "en",
    .stage = "{rows} rows explained by the {columns} columns that the model looks at\n",
    .game =
        {"  game      interventional: absent columns are as in {background} training rows, chosen "
         "at random of {training}\n",
         "  game      path-dependent: absent columns go both ways, in the shares of the training "
         "rows\n",
         "  game      retrained: absent columns were not there to be learnt from\n"},
    .scale = {"  scale     the model's own score\n", "  scale     the probability\n"},
    .votes = "  scale     the probability: an ensemble is the weighted mean of its members' "
             "probabilities, which alone add up\n",
    .exact = "  values    exact Shapley values\n",
    .drawn =
        "  values    Shapley values by drawn orders, until no standard error exceeds {error}\n",
    .baseline =
        "  baseline  {baseline}, which is a probability of \"{positive}\" of {p}; with it the "
        "values of a row add up to its score, but for {gap} at most\n",
    .rounded = "            (scores are rounded to multiples of {grain})\n",
    .heading_column = "column",
    .heading_effect = "mean effect",
    .heading_direction = "direction",
    .more_raises = "more of it raises",
    .more_lowers = "more of it lowers",
    .both_ways = "both ways",
    .by_level = "by level",
    .unused = "The model does not look at: {columns}\n",
    .row = "{name} {id}: by the model fitted on all training rows the probability of "
           "\"{positive}\" is "
           "{after}; without knowing the row it is {before}\n",
    .no_id = "row",
    .raises = "{rank}. {column} = {value} (usually {usual}) raises the score by {size}{error}\n",
    .lowers = "{rank}. {column} = {value} (usually {usual}) lowers the score by {size}{error}\n",
    .no_effect = "    {column} = {value} does nothing\n",
    .sum = "  {before} {values} = {after} on the scale of the score\n",
    .missing = "missing",
};
