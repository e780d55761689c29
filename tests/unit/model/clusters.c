/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/clusters.h"

#include "../unit.h"

#include <math.h>

#include "num/streams.h"

START_TEST (points_go_to_what_is_nearer)
{
  lvm_clusters *c = lvm_clusters_alloc (3, 2);
  lvm_clusters_begin (c);
  for (size_t n = 0; n < 3; n++)
    lvm_clusters_offer (c, n, 0, 2.385);
  lvm_clusters_offer (c, 0, 1, 2.5);
  lvm_clusters_offer (c, 1, 1, 2.385); /* no nearer */
  lvm_clusters_offer (c, 2, 1, 2.25);
  ck_assert_int_eq (c->owner[0], 0);
  ck_assert_int_eq (c->owner[1], 0);
  ck_assert_int_eq (c->owner[2], 1);
  ck_assert_double_eq (c->nearest[0], 2.385);
  ck_assert_double_eq (c->nearest[2], 2.25);
  lvm_clusters_free (c);
  lvm_clusters_free (NULL);
}
END_TEST

/* The first centre: every point equally likely; later ones by squared distance.  */
START_TEST (centres_are_drawn_by_distance)
{
  const int draws = 40000;
  const double square[4] = { 1, 0, 5, 2 };
  gsl_rng *rng = lvm_stream_alloc (3, 0);
  lvm_clusters *c = lvm_clusters_alloc (4, 2);
  int first[4] = { 0 }, second[4] = { 0 };
  for (int i = 0; i < draws; i++)
    {
      lvm_clusters_begin (c);
      first[lvm_clusters_draw (c, rng)]++;
      for (size_t n = 0; n < 4; n++)
        lvm_clusters_offer (c, n, 0, square[n]);
      second[lvm_clusters_draw (c, rng)]++;
    }
  for (size_t n = 0; n < 4; n++)
    {
      const double p = square[n] / 8;
      ck_assert_double_le (fabs (first[n] - 0.25 * draws),
                           5 * sqrt (0.1875 * draws));
      ck_assert_double_le (fabs (second[n] - p * draws),
                           5 * sqrt (p * (1 - p) * draws));
    }
  gsl_rng_free (rng);
  lvm_clusters_free (c);
}
END_TEST

/* Clusters 1 and 3 are empty.  Point 4 is alone in its cluster, and stays, far as it
   is; then 2 and 0 are the farthest.  */
START_TEST (empty_clusters_take_the_farthest_points)
{
  static const int owner[6] = { 0, 0, 0, 0, 2, 0 };
  static const double nearest[6] = { 3, 1, 4, 0.5, 9, 2 };
  lvm_clusters *c = lvm_clusters_alloc (6, 4);
  memcpy (c->owner, owner, sizeof owner);
  memcpy (c->nearest, nearest, sizeof nearest);
  lvm_clusters_fill (c);
  ck_assert_int_eq (c->owner[2], 1);
  ck_assert_int_eq (c->owner[0], 3);
  ck_assert_int_eq (c->owner[4], 2);
  ck_assert_double_eq (c->nearest[2], 0);
  ck_assert_double_eq (c->count[0], 3);
  for (size_t k = 1; k < 4; k++)
    ck_assert_double_eq (c->count[k], 1);
  lvm_clusters_free (c);
}
END_TEST

UNIT_MAIN ("model/clusters", points_go_to_what_is_nearer,
           centres_are_drawn_by_distance, empty_clusters_take_the_farthest_points)
