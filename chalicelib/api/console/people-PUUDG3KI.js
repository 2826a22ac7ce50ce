import{Ba as e,Da as o}from"./chunk-O6YUUWLO.js";function f(){return e(o,{title:"People",children:"\u2026"})}export{f as default};
