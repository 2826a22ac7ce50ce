import{Ba as t,Da as o}from"./chunk-O6YUUWLO.js";function f(){return t(o,{title:"Account",children:"\u2026"})}export{f as default};
