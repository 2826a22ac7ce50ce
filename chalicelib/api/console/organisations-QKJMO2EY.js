import{Ba as t,Da as o}from"./chunk-O6YUUWLO.js";function e(){return t(o,{title:"Organisations",children:"\u2026"})}export{e as default};
