use landfall_model::{AccountName, Kind, OrganizationName, StackName};
use landfall_stacks::{Need, ParameterSource, Stack};

use super::*;
use crate::codes::{CYCLE, UNRESOLVED};
use crate::tests::world::{boundary, foundation, many, name, role, stack, stack_id, trusting};
use crate::{Desired, Reason, StepId};

fn desired(stacks: Vec<Stack>) -> Desired {
    Desired::new(&foundation(&[("management", None), ("a", Some("prod")), ("b", None)]), stacks)
}

fn graph(stacks: Vec<Stack>) -> Graph {
    Graph::of(&desired(stacks)).unwrap()
}

fn three() -> Graph {
    graph(vec![boundary("a"), role("a", "x"), boundary("b"), trusting("b", "y", ("a", "x"), 7)])
}

mod cycles {
    use super::*;

    #[test]
    fn a_loop_is_named_by_its_way_and_placed_at_its_references() {
        let stacks = vec![
            boundary("a"),
            boundary("b"),
            trusting("a", "one", ("b", "two"), 10),
            trusting("b", "two", ("a", "three"), 20),
            trusting("a", "three", ("a", "one"), 30),
            trusting("b", "bystander", ("a", "one"), 40),
        ];
        let diagnostics = Graph::of(&desired(stacks)).unwrap_err();
        assert_eq!(diagnostics.len(), 1);
        let diagnostic = &diagnostics[0];
        assert_eq!(diagnostic.code, CYCLE);
        assert_eq!(diagnostic.place.unwrap().start, 10);
        assert_eq!(diagnostic.related.iter().map(|label| label.place.start).collect::<Vec<_>>(), [20, 30]);
        insta::assert_snapshot!(diagnostic.message, @"these wait for each other: stack a/eu-west-1/acme-cross-account-one → stack b/eu-west-1/acme-cross-account-two → stack a/eu-west-1/acme-cross-account-three → stack a/eu-west-1/acme-cross-account-one");
        insta::assert_snapshot!(diagnostic.help.as_deref().unwrap(), @r"
        take one of these references away:
          stack a/eu-west-1/acme-cross-account-one waits for stack b/eu-west-1/acme-cross-account-two: trusted role two before the role that names it
          stack b/eu-west-1/acme-cross-account-two waits for stack a/eu-west-1/acme-cross-account-three: trusted role three before the role that names it
          stack a/eu-west-1/acme-cross-account-three waits for stack a/eu-west-1/acme-cross-account-one: trusted role one before the role that names it
        ");
        assert_eq!(diagnostic.label.as_deref().unwrap().split(' ').nth(2), Some("waits"));
    }

    #[test]
    fn each_knot_is_one_diagnostic_and_a_role_that_trusts_itself_is_one() {
        let stacks = vec![
            boundary("a"),
            boundary("b"),
            trusting("a", "one", ("b", "two"), 10),
            trusting("b", "two", ("a", "one"), 20),
            trusting("a", "self", ("a", "self"), 30),
        ];
        let messages: Vec<String> =
            Graph::of(&desired(stacks)).unwrap_err().into_iter().map(|diagnostic| diagnostic.message).collect();
        insta::assert_snapshot!(messages.join("\n"), @r"
        these wait for each other: stack a/eu-west-1/acme-cross-account-one → stack b/eu-west-1/acme-cross-account-two → stack a/eu-west-1/acme-cross-account-one
        it waits for itself: stack a/eu-west-1/acme-cross-account-self → stack a/eu-west-1/acme-cross-account-self
        ");
    }

    #[test]
    fn a_stack_with_its_own_boundary_does_not_wait_for_itself() {
        let mut whole = role("a", "x");
        whole.provides.extend(boundary("a").provides);
        let graph = graph(vec![whole]);
        let needs = graph.needs(&stack_id("a", "acme-service-x"));
        assert!(needs.iter().all(|edge| edge.reason != Reason::BoundaryBeforeRole));
    }
}

mod edges {
    use super::*;

    fn reasons(graph: &Graph, id: &StepId) -> Vec<String> {
        graph.needs(id).iter().map(|edge| format!("{}: {}", edge.on, edge.reason)).collect()
    }

    #[test]
    fn what_nothing_makes_is_a_diagnostic() {
        let diagnostics = Graph::of(&desired(vec![role("a", "x")])).unwrap_err();
        assert_eq!(diagnostics.len(), 1);
        assert_eq!(diagnostics[0].code, UNRESOLVED);
        insta::assert_snapshot!(diagnostics[0].message, @"stack a/eu-west-1/acme-service-x needs boundary workload of account a, and nothing makes it");
    }

    #[test]
    fn what_stands_in_the_management_account_waits_for_the_organization() {
        let graph = graph(vec![boundary("management")]);
        assert!(
            reasons(&graph, &stack_id("management", "acme-boundary"))
                .contains(&"organization: organization exists".to_owned())
        );
        assert!(
            reasons(&graph, &StepId::AccountTags(name("management")))
                .contains(&"organization: organization exists".to_owned())
        );
    }

    #[test]
    fn parts_wait_for_the_whole_and_the_organizations_id_for_the_organization() {
        let whole = stack("a", Kind::BatchTeam, Some("ml"));
        let mut part = stack("a", Kind::BatchTeam, Some("ml-2"));
        part.needs.push(Need::Whole(StackName::new("acme-batch-team-ml").unwrap()));
        part.parameters.insert("OrganizationId".to_owned(), ParameterSource::Organization);
        let graph = graph(vec![whole, part]);
        let found = reasons(&graph, &stack_id("a", "acme-batch-team-ml-2"));
        assert!(
            found.contains(
                &"stack a/eu-west-1/acme-batch-team-ml: a split stack gives up its roles before a part takes them"
                    .to_owned()
            )
        );
        assert!(found.contains(&"organization: organization exists".to_owned()));
    }

    #[test]
    fn break_glass_comes_first_where_somebody_asks_for_it() {
        let graph = graph(vec![stack("a", Kind::BreakGlass, None), stack("b", Kind::BreakGlass, None)]);
        let edges = graph.break_glass_first(&name("a"));
        assert_eq!(edges.len(), 1);
        assert_eq!((&edges[0].on, &edges[0].reason), (&stack_id("a", "acme-break-glass"), &Reason::BreakGlassFirst));
        assert!(graph.edges().all(|(_, _, wait)| wait.reason != Reason::BreakGlassFirst));
    }
}

mod queries {
    use super::*;

    #[test]
    fn ancestors_are_all_that_a_target_needs() {
        let graph = three();
        let target = stack_id("b", "acme-cross-account-y");
        let needed = graph.with_ancestors([&target]);
        assert!(needed.contains(&stack_id("a", "acme-boundary")));
        assert!(needed.contains(&StepId::Organization));
        assert!(!needed.contains(&StepId::AccountTags(name("a"))));
        assert_eq!(graph.with_descendants([&target]).len(), 1);
        assert_eq!(graph.roots().collect::<Vec<_>>(), [&StepId::Organization]);
    }

    #[test]
    fn weights_are_the_longest_way_to_the_end() {
        let graph = three();
        let weights = graph.weights(|_| 1);
        // organization → unit → placement of a → boundary → role → the role that trusts it
        assert_eq!(weights[&StepId::Organization], 6);
        assert_eq!(weights[&stack_id("a", "acme-service-x")], 2);
        assert_eq!(weights[&stack_id("b", "acme-cross-account-y")], 1);
        let heavy = graph.weights(|id| if matches!(id, StepId::Stack(_)) { u64::MAX } else { 1 });
        assert_eq!(heavy[&StepId::Organization], u64::MAX);
    }

    #[test]
    fn ten_thousand_accounts_with_six_stacks_each() {
        let graph = Graph::of(&many(10_000)).unwrap();
        assert_eq!(graph.len(), 1 + 10_001 * 3 + 60_000);
        let hub = stack_id("account-0", "acme-service-one");
        assert_eq!(graph.dependents(&hub).len(), 10_000);
    }
}

mod renderings {
    use super::*;

    #[test]
    fn text_is_grouped_by_account() {
        let foundation = foundation(&[("management", None), ("a", None)]);
        let graph = Graph::of(&Desired::new(&foundation, vec![boundary("a"), role("a", "x")])).unwrap();
        insta::assert_snapshot!(graph.to_text(), @r"
        organization and units
          organization

        account a
          account a
            ← organization: organization exists
          placement of a
            ← organization: organization exists
            ← account a: account exists
          tags of a
            ← account a: account exists
          acme-boundary (eu-west-1)
            ← account a: account exists
            ← placement of a: account stands in its unit
          acme-service-x (eu-west-1)
            ← account a: account exists
            ← placement of a: account stands in its unit
            ← acme-boundary (eu-west-1): boundary before role

        account management
          account management
            ← organization: organization exists
          placement of management
            ← organization: organization exists
            ← account management: account exists
          tags of management
            ← organization: organization exists
            ← account management: account exists
        ");
    }

    #[test]
    fn mermaid_has_safe_ids_and_escaped_labels() {
        let mut foundation = foundation(&[("end", Some("a \"b\" [c]"))]);
        foundation.organization.name = OrganizationName::new("acme").unwrap();
        let graph = Graph::of(&Desired::new(&foundation, vec![])).unwrap();
        insta::assert_snapshot!(graph.to_mermaid(), @r##"
        flowchart LR
            n0["organization"]
            n1["unit a #34;b#34; #91;c#93;"]
          subgraph a1["end"]
            n2["account end"]
            n3["placement of end"]
            n4["tags of end"]
          end
          n0 -->|"organization exists"| n1
          n0 -->|"organization exists"| n2
          n1 -->|"unit exists"| n3
          n2 -->|"account exists"| n3
          n0 -->|"organization exists"| n4
          n2 -->|"account exists"| n4
        "##);
    }

    #[test]
    fn dot_escapes_quotes() {
        let graph = Graph::of(&Desired::new(&foundation(&[("end", Some("a \"b\" \\c"))]), vec![])).unwrap();
        insta::assert_snapshot!(graph.to_dot(), @r#"
        digraph landfall {
          rankdir=LR;
          node [shape=box];
            "organization" [label="organization"];
            "unit a \"b\" \\c" [label="unit a \"b\" \\c"];
          subgraph "cluster_end" {
            label="end";
            "account end" [label="account end"];
            "placement of end" [label="placement of end"];
            "tags of end" [label="tags of end"];
          }
          "organization" -> "unit a \"b\" \\c" [label="organization exists"];
          "organization" -> "account end" [label="organization exists"];
          "unit a \"b\" \\c" -> "placement of end" [label="unit exists"];
          "account end" -> "placement of end" [label="account exists"];
          "organization" -> "tags of end" [label="organization exists"];
          "account end" -> "tags of end" [label="account exists"];
        }
        "#);
    }

    #[test]
    fn the_picture_has_every_box_and_every_arrow_runs_to_the_right() {
        let graph = three();
        let picture = graph.to_svg();
        assert_eq!(picture.matches("<g class=\"node\">").count(), graph.len());
        let arrows: Vec<(usize, usize)> = picture
            .lines()
            .filter_map(|line| line.strip_prefix("<path class=\"arrow\" d=\"M"))
            .map(|line| {
                let way: Vec<&str> = line.split_once('"').unwrap().0.split(' ').collect();
                (way[0].parse().unwrap(), way[way.len() - 2].parse().unwrap())
            })
            .collect();
        assert_eq!(arrows.len(), graph.edges().count());
        assert!(arrows.iter().all(|(from, to)| from < to), "{arrows:?}");
    }

    #[test]
    fn the_picture_escapes_what_xml_keeps_for_itself() {
        let graph = Graph::of(&Desired::new(&foundation(&[("end", Some("a <b> & c"))]), vec![])).unwrap();
        let picture = graph.to_svg();
        assert!(picture.starts_with("<svg xmlns=") && picture.ends_with("</svg>\n"));
        assert!(picture.contains(">unit a &lt;b&gt; &amp; c</text>"), "{picture}");
        assert!(!picture.contains("<b>"));
    }

    #[test]
    fn json_has_every_node_and_edge() {
        let graph = three();
        let json = graph.to_json();
        assert_eq!(json["nodes"].as_array().unwrap().len(), graph.len());
        assert_eq!(json["edges"].as_array().unwrap().len(), graph.edges().count());
        let last = json["nodes"].as_array().unwrap().last().unwrap();
        let account: AccountName = serde_json::from_value(last["account"].clone()).unwrap();
        assert_eq!((account, last["kind"].as_str()), (name("b"), Some("cross-account")));
    }

    #[test]
    fn every_rendering_is_the_same_each_time() {
        let (one, two) = (three(), three());
        assert_eq!(one.to_dot(), two.to_dot());
        assert_eq!(one.to_mermaid(), two.to_mermaid());
        assert_eq!(one.to_svg(), two.to_svg());
        assert_eq!(one.to_text(), two.to_text());
        assert_eq!(one.to_json().to_string(), two.to_json().to_string());
    }
}
