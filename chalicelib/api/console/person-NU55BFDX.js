import{Ba as e,Da as o}from"./chunk-O6YUUWLO.js";function r(){return e(o,{title:"Person",children:"\u2026"})}export{r as default};
