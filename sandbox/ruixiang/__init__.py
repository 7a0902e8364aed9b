"""瑞祥人寿: the insurer's agent workbench, an admin template in one shell with tabs."""
